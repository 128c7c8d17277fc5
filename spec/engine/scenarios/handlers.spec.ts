import { barrier, block, command, flushHandlers, handler } from "kubeplay";
import { compare, fail, noteOf, one } from "./compare.ts";

compare("handlers", [
  {
    name: "run once, at the end, in the order of their definition",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} task", notify: [first, second]}
        - {raw: "{{ note }} task", notify: second}
        - {raw: "{{ note }} task", notify: first}
      handlers:
        - {name: first, raw: "{{ note }} first"}
        - {name: second, raw: "{{ note }} second"}
    `,
    kubeplay: one(({ note }) => {
      const first = handler("First", note("first"));
      const second = handler("Second", note("second"));
      return [note("task").notify(first, second), note("task").notify(second), note("task").notify(first)];
    }),
  },
  {
    name: "are not notified by tasks that are ok or skipped",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} ok", changed_when: false, notify: again}
        - {raw: "{{ note }} skipped", when: false, notify: again}
      handlers:
        - {name: again, raw: "{{ note }} handled"}
    `,
    kubeplay: one(({ note, host, root }) => {
      const again = handler("Again", note("handled"));
      const ok = command("Ok", { run: noteOf(root, host, "ok"), changedWhen: () => false });
      return [ok.notify(again), note("skipped").when(false).notify(again)];
    }),
  },
  {
    name: "can notify other handlers, also one that is defined earlier",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} task", notify: second}
      handlers:
        - {name: first, raw: "{{ note }} first"}
        - {name: second, raw: "{{ note }} second", notify: third}
        - {name: third, raw: "{{ note }} third"}
    `,
    kubeplay: one(({ note }) => {
      const third = handler("Third", note("third"));
      return [note("task").notify(handler("Second", note("second").notify(third)))];
    }),
  },
  {
    name: "run when they are flushed, and again if they are notified again",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} one", notify: again}
        - meta: flush_handlers
        - {raw: "{{ note }} two", notify: again}
        - {raw: "{{ note }} three"}
      handlers:
        - {name: again, raw: "{{ note }} handled"}
    `,
    kubeplay: one(({ note }) => {
      const again = handler("Again", note("handled"));
      return [note("one").notify(again), flushHandlers(), note("two").notify(again), note("three")];
    }),
  },
  {
    name: "that fail when they are flushed in a block are rescued",
    ansible: `
    - hosts: all
      tasks:
        - block:
            - {raw: "{{ note }} one", notify: broken}
            - meta: flush_handlers
            - {raw: "{{ note }} not reached"}
          rescue:
            - {raw: "{{ note }} rescued"}
          always:
            - {raw: "{{ note }} always"}
      handlers:
        - {name: broken, fail: }
    `,
    kubeplay: one(({ note }) => [
      block("Try", note("one").notify(handler("Broken", fail())), flushHandlers(), note("not reached"))
        .rescue(note("rescued"))
        .always(note("always")),
    ]),
  },
  {
    name: "can be flushed in a rescue",
    ansible: `
    - hosts: all
      tasks:
        - block:
            - {raw: "{{ note }} one", notify: again}
            - fail:
          rescue:
            - meta: flush_handlers
            - {raw: "{{ note }} rescued"}
      handlers:
        - {name: again, raw: "{{ note }} handled"}
    `,
    kubeplay: one(({ note }) => [
      block("Try", note("one").notify(handler("Again", note("handled"))), fail()).rescue(
        flushHandlers(),
        note("rescued"),
      ),
    ]),
  },
  ...[false, true].map((forceHandlers) => ({
    name: forceHandlers ? "run on a failed host too with --force-handlers" : "do not run on a failed host",
    options: { forceHandlers },
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} one", notify: again}
        - {fail: , when: inventory_hostname == 'a'}
      handlers:
        - {name: again, raw: "{{ note }} handled"}
    `,
    kubeplay: one(({ note, host }) => [
      note("one").notify(handler("Again", note("handled"))),
      fail().when(host === "a"),
    ]),
  })),
  ...[false, true].map((forceHandlers) => ({
    name: `${forceHandlers ? "run if the play forces them" : "do not run"} after an error that is fatal for all hosts`,
    ansible: `
    - hosts: all
      any_errors_fatal: true
      force_handlers: ${String(forceHandlers)}
      tasks:
        - {raw: "{{ note }} one", notify: again}
        - {fail: , when: inventory_hostname == 'a'}
      handlers:
        - {name: again, raw: "{{ note }} handled"}
    `,
    kubeplay: one(
      ({ note, host }) => [
        note("one").notify(handler("Again", note("handled"))),
        barrier("Come in"),
        fail().when(host === "a"),
        barrier(),
      ],
      { anyErrorsFatal: true, forceHandlers },
    ),
  })),
  {
    name: "that fail keep later handlers from running on the host",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} one", notify: [broken, again]}
      handlers:
        - {name: broken, fail: , when: inventory_hostname == 'a'}
        - {name: again, raw: "{{ note }} handled"}
    `,
    kubeplay: one(({ note, host }) => [
      note("one").notify(handler("Broken", fail().when(host === "a")), handler("Again", note("handled"))),
    ]),
  },
  {
    name: "with run_once",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "true", notify: once}
      handlers:
        - {name: once, raw: "{{ note }} handled", run_once: true}
    `,
    kubeplay: one(({ note }) => [
      command("Change", { run: "true" }).notify(handler("Once", note("handled").runOnce())),
    ]),
    different: {
      why: "a handler runs on every host that owes it",
      recap: { b: { ok: 2, changed: 2 } },
      notes: ["a handled", "b handled"],
    },
  },
  {
    name: "are notified by a run_once task only on the host that runs it",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} one", notify: again, run_once: true}
      handlers:
        - {name: again, raw: "{{ note }} handled"}
    `,
    kubeplay: one(({ note }) => [
      note("one")
        .runOnce()
        .notify(handler("Again", note("handled"))),
    ]),
  },
]);
