import { defineRole, directory, file, group, play, playbook, user } from "kubeplay";

/** Accounts whose numbers move, and files that belong to them. */
const accounts = defineRole({
  name: "accounts",
  description: "Moves the numbers of accounts.",
  vars: {},
  tasks: () => [
    group("Move the group", { name: "crew", gid: 4201 }),
    group("Remove a group", { name: "old", state: "absent" }),
    user("Move the user", { name: "ann", uid: 4301 }),
    user("Be in a group", { name: "ben", groups: ["crew"] }),
    file("Have a file of the group", { dest: "/srv/accounts/crew", content: "x", group: "crew" }),
    file("Have a file of its new number", { dest: "/srv/accounts/new", content: "x", group: "crew" }),
    file("Have a file of the user", { dest: "/srv/accounts/ann", content: "x", owner: "ann" }),
    file("Have a file in the home", { dest: "/home/ann/notes", content: "x", owner: "ann" }),
    directory("Have a folder of nobody's", { path: "/srv/accounts/folder", group: "root" }),
  ],
});

export default playbook([play({ name: "Accounts", hosts: "all", roles: [accounts] })]);
