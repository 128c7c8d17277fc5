import { block, handler } from "#engine/resources/index.ts";
import { compare, fail, one } from "./compare.ts";

compare("ignore_errors", [
  {
    name: "lets a host go on",
    ansible: `
    - hosts: all
      tasks:
        - {fail: , ignore_errors: true}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note }) => [fail().ignoreErrors(), note("after")]),
  },
  {
    name: "of a block is that of its tasks, and nothing is rescued",
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
    name: "of what would notify a handler",
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
      why: "what failed may be half done, and is handled",
      recap: { a: { ok: 2 }, b: { ok: 2 } },
      notes: ["a handled", "b handled"],
    },
  },
  {
    name: "in a handler lets the next one run",
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
    name: "is for failures, and not for hosts that are lost",
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
