import { barrier, block, endHost, endPlay, handler } from "kubeplay";
import { compare, one, plays } from "./compare.ts";

compare("meta", [
  {
    name: "end_host ends the play for one host",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} one"}
        - {meta: end_host, when: inventory_hostname == 'a'}
        - {raw: "{{ note }} two"}
    - hosts: all
      tasks:
        - {raw: "{{ note }} next"}
    `,
    kubeplay: plays(
      one(({ note, host }) => [note("one"), endHost().when(host === "a"), note("two")]),
      one(({ note }) => [note("next")]),
    ),
  },
  {
    name: "end_host in a block",
    ansible: `
    - hosts: all
      tasks:
        - block:
            - {meta: end_host, when: inventory_hostname == 'a'}
            - {raw: "{{ note }} two"}
          rescue:
            - {raw: "{{ note }} rescued"}
          always:
            - {raw: "{{ note }} always"}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note, host }) => [
      block("Try", endHost().when(host === "a"), note("two"))
        .rescue(note("rescued"))
        .always(note("always")),
      note("after"),
    ]),
    different: {
      why: "always sections run",
      recap: { a: { ok: 1, changed: 1 } },
      notes: ["a always", "b two", "b always", "b after"],
    },
  },
  {
    name: "end_host after a notification",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} one", notify: again}
        - {meta: end_host, when: inventory_hostname == 'a'}
      handlers:
        - {name: again, raw: "{{ note }} handled"}
    `,
    kubeplay: one(({ note, host }) => [
      note("one").notify(handler("Again", note("handled"))),
      endHost().when(host === "a"),
    ]),
    different: {
      why: "notified handlers run",
      recap: { a: { ok: 2, changed: 2 } },
      notes: ["a one", "a handled", "b one", "b handled"],
    },
  },
  {
    name: "end_play ends the play for all hosts, and the next play begins",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} one"}
        - meta: end_play
        - {raw: "{{ note }} two"}
    - hosts: all
      tasks:
        - {raw: "{{ note }} next"}
    `,
    kubeplay: plays(
      one(({ note }) => [note("one"), barrier(), endPlay(), note("two")]),
      one(({ note }) => [note("next")]),
    ),
  },
  {
    name: "end_play after a notification",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} one", notify: again}
        - meta: end_play
      handlers:
        - {name: again, raw: "{{ note }} handled"}
    `,
    kubeplay: one(({ note }) => [note("one").notify(handler("Again", note("handled"))), barrier(), endPlay()]),
    different: {
      why: "notified handlers run",
      recap: { a: { ok: 2, changed: 2 }, b: { ok: 2, changed: 2 } },
      notes: ["a one", "a handled", "b one", "b handled"],
    },
  },
  {
    name: "end_play with serial",
    ansible: `
    - hosts: all
      serial: 1
      tasks:
        - {raw: "{{ note }} one"}
        - {meta: end_play, when: inventory_hostname == 'a'}
        - {raw: "{{ note }} two"}
    `,
    kubeplay: one(({ note, host }) => [note("one"), endPlay().when(host === "a"), note("two")], { serial: 1 }),
  },
]);
