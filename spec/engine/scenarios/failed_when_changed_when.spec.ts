import { block, command, handler, read } from "kubeplay";
import { compare, noteOf, one } from "./compare.ts";

compare("failed_when and changed_when", [
  {
    name: "decide instead of the exit code",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "exit 2", register: said, failed_when: said.rc > 2}
        - {raw: "echo nothing new", register: said, changed_when: "'nothing' not in said.stdout"}
        - {raw: "echo something new", register: said, changed_when: "'nothing' not in said.stdout"}
        - {raw: "echo error", register: said, failed_when: "'error' in said.stdout"}
        - {raw: "{{ note }} not reached"}
    `,
    kubeplay: one(({ note }) => {
      const changedWhen = ({ stdout }: { stdout: string }) => !stdout.includes("nothing");
      return [
        command("Odd", { run: "exit 2", failedWhen: ({ code }) => code > 2 }),
        command("Unchanged", { run: "echo nothing new", changedWhen }),
        command("Changed", { run: "echo something new", changedWhen }),
        command("Wrong", { run: "echo error", failedWhen: ({ stdout }) => stdout.includes("error") }),
        note("not reached"),
      ];
    }),
  },
  {
    name: "can cause a failure that is rescued",
    ansible: `
    - hosts: all
      tasks:
        - block:
            - {raw: "true", failed_when: true}
          rescue:
            - {raw: "{{ note }} rescued"}
    `,
    kubeplay: one(({ note }) => [
      block("Try", command("Wrong", { run: "true", failedWhen: () => true })).rescue(note("rescued")),
    ]),
  },
  {
    name: "decide whether handlers are notified",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} task", changed_when: inventory_hostname == 'a', notify: again}
      handlers:
        - {name: again, raw: "{{ note }} handled"}
    `,
    kubeplay: one(({ note, host, root }) => [
      command("Task", { run: noteOf(root, host, "task"), changedWhen: () => host === "a" }).notify(
        handler("Again", note("handled")),
      ),
    ]),
  },
  {
    name: "can mark a reading task as unchanged, and fail it for its output",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "exit 1", changed_when: false, failed_when: false}
        - {raw: "echo {{ inventory_hostname }}", changed_when: false, register: said, failed_when: "'b' in said.stdout"}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note, host }) => [
      read("Any", { run: "exit 1", failedWhen: () => false }),
      read("Some", { run: `echo ${host}`, failedWhen: ({ stdout }) => stdout.includes("b") }),
      note("after"),
    ]),
  },
  {
    name: "can mark an ignored failure as unchanged",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "exit 1", changed_when: true, ignore_errors: true, notify: again}
        - {raw: "exit 1", failed_when: false, notify: again, when: inventory_hostname == 'b'}
      handlers:
        - {name: again, raw: "{{ note }} handled"}
    `,
    kubeplay: one(({ note, host }) => {
      const again = handler("Again", note("handled"));
      return [
        command("One", { run: "exit 1", changedWhen: () => true })
          .ignoreErrors()
          .notify(again),
        command("Two", { run: "exit 1", failedWhen: () => false })
          .notify(again)
          .when(host === "b"),
      ];
    }),
    different: {
      why: "a failed task may be half done, so its handlers run; it counts as unchanged",
      recap: { a: { ok: 2, changed: 1 }, b: { ok: 3, changed: 2 } },
      notes: ["a handled", "b handled"],
    },
  },
]);
