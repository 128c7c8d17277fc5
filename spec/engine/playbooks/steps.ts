import { Type } from "typebox";
import { barrier, command, defineAction, defineRole, file, handler, play, playbook } from "kubeplay";
import { read, reboot, run, wait } from "kubeplay";

const folder = "/srv/steps";
/** Leaves a trace when it begins, and does not end by itself. */
const hangs = `touch ${folder}/begun; sleep 100000`;

const endless = defineAction({
  kind: "endless work of the controller",
  label: () => "",
  steps: () => [`touch ${folder}/begun`, { onController: () => new Promise(() => undefined) }],
});

const tasks = {
  asking: [read("Read what hangs", { run: hangs })],
  command: [
    command("Run what hangs", {
      run: `trap 'echo ended > ${folder}/ended; exit 1' TERM; touch ${folder}/begun; sleep 100000 & wait`,
    }),
  ],
  "deaf command": [command("Run what ignores signals", { run: `trap '' TERM HUP INT; ${hangs}` })],
  "detached command": [command("Run what hangs", { run: hangs, detached: true })],
  "small upload": [file("Write", { dest: `${folder}/file`, content: "new\n", validate: `${hangs}; : %s` })],
  upload: [file("Write", { dest: `${folder}/file`, content: "new\n".repeat(30_000), validate: `${hangs}; : %s` })],
  wait: [wait("Wait for ever", { until: `touch ${folder}/begun; false`, timeout: 100_000 })],
  retry: [command("Fail", { run: `touch ${folder}/begun; exit 1` }).retry({ attempts: 100, delay: 100_000 })],
  handler: [
    file("Write", { dest: `${folder}/file`, content: "new\n" }).notify(handler("Hang", run("Hang", { run: hangs }))),
  ],
  barrier: [
    command("Run what hangs on one host", { run: `[ "$(hostname)" != engine-1 ] || { ${hangs}; }` }),
    barrier(),
  ],
  controller: [endless("Work without an end", {})],
  reboot: [reboot("Restart a host that goes on", { run: `touch ${folder}/begun`, timeout: 100_000 })],
  nothing: [file("Write", { dest: `${folder}/file`, content: "done\n" })],
};

/** One task that hangs in the step that `steps_hang` names. */
const steps = defineRole({
  name: "steps",
  description: "A step that does not end.",
  vars: { steps_hang: Type.Enum(Object.keys(tasks), { default: "nothing", description: "The step." }) },
  tasks: ({ vars }) => tasks[vars.steps_hang as keyof typeof tasks],
});

export default playbook([
  play({ name: "Hang", hosts: "all", roles: [steps], waitForConnection: 100_000 }),
  play({ name: "And then", hosts: "all", roles: [steps] }),
]);
