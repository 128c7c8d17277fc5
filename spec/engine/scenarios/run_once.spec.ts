import { block, command } from "kubeplay";
import { compare, fail, noteOf, one } from "./compare.ts";

compare("run_once", [
  {
    name: "runs on the first host, and counts for it",
    ordered: true,
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} once", run_once: true}
    `,
    kubeplay: one(({ note }) => [note("once").runOnce()]),
  },
  {
    name: "gives its output to all hosts",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "echo -n said by {{ inventory_hostname }}", run_once: true, register: said}
        - {raw: "{{ note }} {{ said.stdout }}"}
    `,
    kubeplay: one(({ host, root }) => {
      const said = command("Say", { run: `printf 'said by ${host}'` }).runOnce();
      return [said, command("Use", { run: said.output.map(({ stdout }) => noteOf(root, host, stdout)) })];
    }),
  },
  {
    name: "with serial runs once per batch",
    hosts: ["a", "b", "c"],
    ordered: true,
    ansible: `
    - hosts: all
      serial: 2
      tasks:
        - {raw: "{{ note }} once", run_once: true}
    `,
    kubeplay: one(({ note }) => [note("once").runOnce()], { serial: 2 }),
  },
  {
    name: "runs on the next host if the first has failed before",
    ansible: `
    - hosts: all
      tasks:
        - {fail: , when: inventory_hostname == 'a'}
        - {raw: "{{ note }} once", run_once: true}
    `,
    kubeplay: one(({ note, host }) => [fail().when(host === "a"), note("once").runOnce()]),
  },
  {
    name: "that fails is a failure of all hosts",
    ansible: `
    - hosts: all
      tasks:
        - {fail: , run_once: true}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note }) => [fail().runOnce(), note("after")]),
    different: { why: "hosts that do not continue are reported as failed", recap: { b: { failed: 1 } } },
  },
  {
    name: "that fails and is ignored is a failure of no host",
    ansible: `
    - hosts: all
      tasks:
        - {fail: , run_once: true, ignore_errors: true}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note }) => [fail().runOnce().ignoreErrors(), note("after")]),
  },
  {
    name: "that fails in a block is rescued on all hosts",
    ansible: `
    - hosts: all
      tasks:
        - block:
            - {fail: , run_once: true}
          rescue:
            - {raw: "{{ note }} rescued"}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note }) => [block("Try", fail().runOnce()).rescue(note("rescued")), note("after")]),
    different: {
      why: "if all hosts fail, all are rescued",
      code: 0,
      recap: { b: { ok: 2, changed: 2, rescued: 1 } },
      notes: ["a rescued", "a after", "b rescued", "b after"],
    },
  },
  {
    name: "is skipped if the first host's condition does not hold",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} once", run_once: true, when: inventory_hostname == 'b'}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note, host }) => [
      note("once")
        .runOnce()
        .when(host === "b"),
      note("after"),
    ]),
  },
]);
