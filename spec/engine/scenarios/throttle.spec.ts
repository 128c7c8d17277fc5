import { block, command } from "kubeplay";
import { compare, one } from "./compare.ts";

const hosts = ["a", "b", "c"];
/** Fails if another host runs it at the same time. */
const alone = (root: string, seconds = "0.2") => `mkdir ${root}/busy || exit 1; sleep ${seconds}; rmdir ${root}/busy`;

compare("throttle", [
  {
    name: "1 runs a task on one host after the other",
    hosts,
    ansible: `
    - hosts: all
      tasks:
        - {raw: "${alone("{{ root }}")}", throttle: 1}
    `,
    kubeplay: one(({ root }) => [command("Alone", { run: alone(root) }).throttle(1)]),
  },
  {
    name: "of a block applies to each of its tasks",
    hosts,
    ansible: `
    - hosts: all
      tasks:
        - throttle: 1
          block:
            - {raw: "${alone("{{ root }}")}"}
            - {raw: "{{ note }} two"}
    `,
    kubeplay: one(({ root, note }) => [
      block("Alone", command("Alone", { run: alone(root) }), note("two")).throttle(1),
    ]),
  },
  {
    name: "above the number of hosts delays no host",
    hosts,
    ansible: `
    - hosts: all
      tasks:
        - raw: "touch {{ root }}/{{ inventory_hostname }}; sleep 2; ls {{ root }}/[abc] | wc -l"
          throttle: 9
          register: said
          failed_when: said.stdout | trim != '3'
    `,
    kubeplay: one(({ root, host }) => [
      command("Together", {
        run: `touch ${root}/${host}; sleep 2; ls ${root}/[abc] | wc -l`,
        failedWhen: ({ stdout }) => stdout.trim() !== "3",
      }).throttle(9),
    ]),
  },
]);
