import { barrier, block } from "kubeplay";
import { compare, fail, one, plays } from "./compare.ts";

const fatal = { anyErrorsFatal: true };

compare("any_errors_fatal", [
  {
    name: "ends the run for all hosts",
    ansible: `
    - hosts: all
      any_errors_fatal: true
      tasks:
        - {raw: "{{ note }} one"}
        - {fail: , when: inventory_hostname == 'a'}
        - {raw: "{{ note }} two"}
    - hosts: all
      tasks:
        - {raw: "{{ note }} next"}
    `,
    kubeplay: plays(
      one(
        ({ note, host }) => [note("one"), barrier("Come in"), fail().when(host === "a"), barrier(), note("two")],
        fatal,
      ),
      one(({ note }) => [note("next")]),
    ),
  },
  {
    name: "does not end the run for other hosts if it is not set",
    ansible: `
    - hosts: all
      tasks:
        - {fail: , when: inventory_hostname == 'a'}
        - {raw: "{{ note }} two"}
    - hosts: all
      tasks:
        - {raw: "{{ note }} next"}
    `,
    kubeplay: plays(
      one(({ note, host }) => [fail().when(host === "a"), note("two")]),
      one(({ note }) => [note("next")]),
    ),
  },
  {
    name: "does not apply to rescued failures",
    ansible: `
    - hosts: all
      any_errors_fatal: true
      tasks:
        - block:
            - {fail: , when: inventory_hostname == 'a'}
          rescue:
            - {raw: "{{ note }} rescued"}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(
      ({ note, host }) => [block("Try", fail().when(host === "a")).rescue(note("rescued")), note("after")],
      fatal,
    ),
    different: {
      why: "only the host that failed is rescued",
      recap: { b: { ok: 1, changed: 1 } },
      notes: ["a rescued", "a after", "b after"],
    },
  },
  {
    name: "does not apply to ignored failures",
    ansible: `
    - hosts: all
      any_errors_fatal: true
      tasks:
        - {fail: , when: inventory_hostname == 'a', ignore_errors: true}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(
      ({ note, host }) => [
        fail()
          .when(host === "a")
          .ignoreErrors(),
        note("after"),
      ],
      fatal,
    ),
  },
  {
    name: "lets hosts run always sections",
    ansible: `
    - hosts: all
      any_errors_fatal: true
      tasks:
        - block:
            - {fail: , when: inventory_hostname == 'a'}
            - {raw: "{{ note }} two"}
          always:
            - {raw: "{{ note }} always"}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(
      ({ note, host }) => [
        block("Try", barrier("Come in"), fail().when(host === "a"), barrier(), note("two")).always(note("always")),
        barrier(),
        note("after"),
      ],
      fatal,
    ),
  },
  {
    name: "with an unreachable host",
    lost: ["b"],
    ansible: `
    - hosts: all
      any_errors_fatal: true
      tasks:
        - {raw: "{{ note }} one"}
        - {raw: "{{ note }} two"}
    `,
    kubeplay: one(({ note }) => [note("one"), barrier(), note("two")], fatal),
    different: {
      why: "an unreachable host does not end the play for others",
      recap: { a: { ok: 2, changed: 2 } },
      notes: ["a one", "a two"],
    },
  },
]);
