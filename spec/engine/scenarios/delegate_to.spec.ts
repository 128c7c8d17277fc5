import { command, type CommandOutput, handler, register } from "kubeplay";
import { compare, fail, noteOf, one, plays } from "./compare.ts";

const token = register<CommandOutput>("token");

compare("delegate_to", [
  {
    name: "counts for the host that a task belongs to",
    ansible: `
    - hosts: a
      tasks:
        - {raw: "{{ note }} one", delegate_to: b}
        - {raw: "{{ note }} two", delegate_to: a}
    `,
    kubeplay: one(({ note }) => [note("one").delegateTo("b"), note("two").delegateTo("a")], { hosts: "a" }),
  },
  {
    name: "runs handlers on the notified host",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} one", delegate_to: b, when: inventory_hostname == 'a', notify: again}
      handlers:
        - {name: again, raw: "{{ note }} handled"}
    `,
    kubeplay: one(({ note, host }) => [
      note("one")
        .delegateTo("b")
        .when(host === "a")
        .notify(handler("Again", note("handled"))),
    ]),
  },
  {
    name: "fails for the host that the task belongs to",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "exit 3", delegate_to: b, when: inventory_hostname == 'a'}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note, host }) => [
      fail()
        .delegateTo("b")
        .when(host === "a"),
      note("after"),
    ]),
  },
  {
    name: "to an unreachable host makes the task's own host unreachable",
    hosts: ["a", "b", "c"],
    lost: ["c"],
    ansible: `
    - hosts: a:b
      tasks:
        - {raw: "{{ note }} one", delegate_to: c, when: inventory_hostname == 'a'}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(
      ({ note, host }) => [
        note("one")
          .delegateTo("c")
          .when(host === "a"),
        note("after"),
      ],
      {
        hosts: "a:b",
      },
    ),
  },
  {
    name: "with run_once runs there, once",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} one", delegate_to: b, run_once: true}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note }) => [note("one").delegateTo("b").runOnce(), note("after")]),
  },
  {
    name: "makes registered values available to other hosts in later plays",
    ansible: `
    - hosts: a
      tasks:
        - {raw: "echo -n abc", delegate_to: b, register: token}
    - hosts: b
      tasks:
        - {raw: "{{ note }} {{ hostvars.a.token.stdout }}"}
    `,
    kubeplay: plays(
      one(() => [command("Make a token", { run: "printf abc" }).delegateTo("b").register(token)], { hosts: "a" }),
      one(
        ({ root, host }) => [command("Use it", { run: token.on("a").map(({ stdout }) => noteOf(root, host, stdout)) })],
        { hosts: "b" },
      ),
    ),
  },
]);
