import { block, handler } from "kubeplay";
import { compare, fail, one } from "./compare.ts";

compare("ignore_errors", [
  {
    name: "lets a host continue",
    ansible: `
    - hosts: all
      tasks:
        - {fail: , ignore_errors: true}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note }) => [fail().ignoreErrors(), note("after")]),
  },
  {
    name: "of a block applies to its tasks, and nothing is rescued",
    ansible: `
    - hosts: all
      tasks:
        - ignore_errors: true
          block:
            - fail:
            - {raw: "{{ note }} two"}
          rescue:
            - {raw: "{{ note }} rescued"}
          always:
            - {raw: "{{ note }} always"}
    `,
    kubeplay: one(({ note }) => [
      block("Try", fail(), note("two")).rescue(note("rescued")).always(note("always")).ignoreErrors(),
    ]),
  },
  {
    name: "of a task that notifies a handler",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "exit 3", ignore_errors: true, notify: again}
      handlers:
        - {name: again, raw: "{{ note }} handled"}
    `,
    kubeplay: one(({ note }) => [
      fail()
        .ignoreErrors()
        .notify(handler("Again", note("handled"))),
    ]),
    different: {
      why: "a failed task may be half done, so its handlers run",
      recap: { a: { ok: 2 }, b: { ok: 2 } },
      notes: ["a handled", "b handled"],
    },
  },
  {
    name: "of a handler lets the next one run",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} one", notify: [broken, again]}
      handlers:
        - {name: broken, fail: , ignore_errors: true}
        - {name: again, raw: "{{ note }} handled"}
    `,
    kubeplay: one(({ note }) => [
      note("one").notify(handler("Broken", fail().ignoreErrors()), handler("Again", note("handled"))),
    ]),
  },
  {
    name: "applies to failures, but not to unreachable hosts",
    lost: ["b"],
    ansible: `
    - hosts: all
      ignore_errors: true
      tasks:
        - {raw: "{{ note }} one"}
    `,
    kubeplay: one(({ note }) => [note("one").ignoreErrors()]),
  },
]);
