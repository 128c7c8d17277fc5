import { block } from "kubeplay";
import { compare, fail, fine, one } from "./compare.ts";

compare("blocks", [
  {
    name: "are rescued, and their always section runs",
    ansible: `
    - hosts: all
      tasks:
        - block:
            - {raw: "{{ note }} one"}
            - {fail: , when: inventory_hostname == 'a'}
            - {raw: "{{ note }} two"}
          rescue:
            - {raw: "{{ note }} rescued"}
          always:
            - {raw: "{{ note }} always"}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note, host }) => [
      block("Try", note("one"), fail().when(host === "a"), note("two"))
        .rescue(note("rescued"))
        .always(note("always")),
      note("after"),
    ]),
  },
  {
    name: "without a rescue fail after their always section",
    ansible: `
    - hosts: all
      tasks:
        - block:
            - {fail: , when: inventory_hostname == 'a'}
          always:
            - {raw: "{{ note }} always"}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note, host }) => [block("Try", fail().when(host === "a")).always(note("always")), note("after")]),
  },
  {
    name: "whose rescue fails are a failure",
    ansible: `
    - hosts: all
      tasks:
        - block:
            - fail:
          rescue:
            - {raw: "{{ note }} rescued"}
            - fail:
            - {raw: "{{ note }} not reached"}
          always:
            - {raw: "{{ note }} always"}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note }) => [
      block("Try", fail("First")).rescue(note("rescued"), fail("Second"), note("not reached")).always(note("always")),
      note("after"),
    ]),
  },
  {
    name: "whose always section fails are a failure, after success or a rescue",
    ansible: `
    - hosts: all
      tasks:
        - block:
            - {fail: , when: inventory_hostname == 'a'}
          rescue:
            - {raw: "{{ note }} rescued"}
          always:
            - fail:
            - {raw: "{{ note }} not reached"}
    `,
    kubeplay: one(({ note, host }) => [
      block("Try", fail().when(host === "a"))
        .rescue(note("rescued"))
        .always(fail("Last"), note("not reached")),
    ]),
  },
  {
    name: "within blocks are rescued by the nearest rescue",
    ansible: `
    - hosts: all
      tasks:
        - block:
            - block:
                - fail:
              always:
                - {raw: "{{ note }} inner always"}
            - {raw: "{{ note }} not reached"}
          rescue:
            - block:
                - fail:
              rescue:
                - {raw: "{{ note }} rescue of the rescue"}
            - {raw: "{{ note }} outer rescue"}
          always:
            - {raw: "{{ note }} outer always"}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note }) => [
      block("Outer", block("Inner", fail("First")).always(note("inner always")), note("not reached"))
        .rescue(block("Again", fail("Second")).rescue(note("rescue of the rescue")), note("outer rescue"))
        .always(note("outer always")),
      note("after"),
    ]),
  },
  {
    name: "can be in rescue and always sections",
    ansible: `
    - hosts: all
      tasks:
        - block:
            - block:
                - fail:
              rescue:
                - fail:
              always:
                - {raw: "{{ note }} inner always"}
          rescue:
            - {raw: "{{ note }} outer rescue"}
          always:
            - block:
                - fail:
              rescue:
                - {raw: "{{ note }} last rescue"}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note }) => [
      block("Outer", block("Inner", fail("First")).rescue(fail("Second")).always(note("inner always")))
        .rescue(note("outer rescue"))
        .always(block("Last", fail("Third")).rescue(note("last rescue"))),
      note("after"),
    ]),
  },
  {
    name: "are skipped task by task",
    ansible: `
    - hosts: all
      tasks:
        - when: inventory_hostname == 'a'
          block:
            - {raw: "{{ note }} one"}
            - {raw: "{{ note }} two"}
          rescue:
            - {raw: "{{ note }} rescued"}
          always:
            - {raw: "{{ note }} always"}
    `,
    kubeplay: one(({ note, host }) => [
      block("Try", note("one"), note("two"))
        .rescue(note("rescued"))
        .always(note("always"))
        .when(host === "a"),
    ]),
  },
  {
    name: "do not rescue an unreachable host",
    hosts: ["a", "b"],
    lost: ["b"],
    ansible: `
    - hosts: all
      tasks:
        - block:
            - {raw: "{{ note }} one"}
          rescue:
            - {raw: "{{ note }} rescued"}
          always:
            - {raw: "{{ note }} always"}
    `,
    kubeplay: one(({ note }) => [block("Try", note("one")).rescue(note("rescued")).always(note("always"))]),
  },
  {
    name: "that are rescued let the next play run",
    ansible: `
    - hosts: all
      tasks:
        - block: [fail: ]
          rescue: [raw: "{{ note }} rescued"]
        - {ping: , register: x, failed_when: inventory_hostname == 'a'}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note, host }) => [
      block("Try", fail()).rescue(note("rescued")),
      host === "a" ? fail("Again") : fine("Again"),
      note("after"),
    ]),
  },
]);
