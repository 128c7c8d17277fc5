import { barrier, block } from "#engine/resources/index.ts";
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
    name: "is not the case without it",
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
    name: "spares what is rescued",
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
    name: "spares what is ignored",
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
    name: "lets hosts do what is always done",
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
    name: "of a host that is lost",
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
      why: "a host that is lost ends no play for others",
      recap: { a: { ok: 2, changed: 2 } },
      notes: ["a one", "a two"],
    },
  },
]);
