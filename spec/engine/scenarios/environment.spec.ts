import { command } from "kubeplay";
import { compare, noteOf, one } from "./compare.ts";

const said = (root: string, host: string) => command("Say", { run: noteOf(root, host, "'$WORD'") });

compare("environment", [
  {
    name: "of a play applies to its tasks, and a task's own overrides it",
    ansible: `
    - hosts: all
      environment: {WORD: play}
      tasks:
        - {shell: "{{ note }} $WORD"}
        - {shell: "{{ note }} $WORD", environment: {WORD: "it's task"}}
        - {shell: "{{ note }} $WORD"}
    - hosts: all
      tasks:
        - {shell: "{{ note }} $WORD-"}
    `,
    kubeplay: (root) => [
      ...one(
        ({ root, host }) => [said(root, host), said(root, host).environment({ WORD: "it's task" }), said(root, host)],
        { environment: { WORD: "play" } },
      )(root),
      ...one(({ root, host }) => [command("Say", { run: noteOf(root, host, "'$WORD'-") })])(root),
    ],
  },
]);
