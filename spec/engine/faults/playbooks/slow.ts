import { Type } from "typebox";
import { command, defineRole, file, handler, play, playbook, run } from "kubeplay";

/** Runs long enough for specs to interrupt it. Each run of it and of its handler leaves a trace. */
const slow = defineRole({
  name: "slow",
  description: "A task that takes its time, one before and one after it.",
  vars: { slow_seconds: Type.Integer({ default: 4, description: "How long it takes." }) },
  tasks: ({ vars }) => {
    const tell = handler("Tell", run("Tell that it was told", { run: "echo told >> /srv/slow/told" }));
    return [
      file("Write the first", { dest: "/srv/slow/first", content: "first\n" }).notify(tell),
      command("Take long", {
        run: `echo begun >> /srv/slow/begun; sleep ${String(vars.slow_seconds)}; echo made >> /srv/slow/made`,
        creates: "/srv/slow/made",
      }),
      file("Write the last", { dest: "/srv/slow/last", content: "last\n" }),
    ];
  },
});

export default playbook([
  play({ name: "Slowly", hosts: "all", roles: [slow] }),
  play({ name: "And then", hosts: "all", roles: [slow] }),
]);
