import { Type } from "typebox";
import { command, defineRole, directory, file, handler, keyPair, play, playbook, run } from "kubeplay";
import { Secret } from "#engine/schema/secret.ts";

/** Signals that it has started and waits, three minutes at most, until it may continue. */
const held = (folder: string): string =>
  `touch '${folder}/at-work'; n=0; while [ ! -e '${folder}/go' ] && [ $n -lt 900 ]; do sleep 0.2; n=$((n + 1)); done`;

/** The playbook for the specs of plans, drift and locks: a mix of tasks that can be slowed down. */
const greeting = defineRole({
  name: "greeting",
  description: "Leaves a greeting on its hosts.",
  vars: {
    greeting_text: Type.String({ default: "Hello", description: "The greeting." }),
    greeting_token: Secret(Type.String({ default: "the-plan-token", description: "A secret." })),
    greeting_source: Type.String({ description: "A file on the controller that is copied." }),
    greeting_hold: Type.Boolean({ default: false, description: "Whether a task waits until it may continue." }),
    greeting_flag: Type.String({ default: "/etc/hostname", description: "A path; a task runs if it does not exist." }),
  },
  tasks: ({ vars, host }) => {
    const note = handler("Note it", run("Write a note", { run: "echo noted >> /srv/greeting/notes" }));
    return [
      directory("Make a folder", { path: "/srv/greeting" }),
      file("Write the greeting", {
        dest: "/srv/greeting/text",
        content: `${vars.greeting_text}\nfrom ${host.name}\n`,
      }).notify(note),
      file("Keep the token", { dest: "/srv/greeting/token", content: `${vars.greeting_token}\n`, mode: 0o600 }),
      file("Copy what the controller has", { dest: "/srv/greeting/copied", src: vars.greeting_source }),
      command("Have the flag", { run: "echo flag >> /srv/greeting/flags", unless: `[ -e '${vars.greeting_flag}' ]` }),
      command("Take a while", { run: vars.greeting_hold ? held("/srv/greeting") : "true" }),
    ];
  },
});

const secrets = defineRole({
  name: "secrets",
  description: "Makes a key on the controller.",
  vars: {
    secrets_key: Type.String({ description: "The path of the key." }),
    secrets_hold: Type.String({ default: "", description: "A folder; if it is set, the task waits there." }),
  },
  tasks: ({ vars }) => [
    keyPair("Make a key", { path: vars.secrets_key }),
    command("Take a while", { run: held(vars.secrets_hold) }).when(vars.secrets_hold !== ""),
  ],
});

export default playbook([
  play({ name: "Secrets", hosts: "localhost", roles: [secrets] }),
  play({ name: "Greetings", hosts: "lab", roles: [greeting] }),
]);
