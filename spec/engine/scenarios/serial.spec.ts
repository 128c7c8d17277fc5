import { barrier, handler, type Play } from "kubeplay";
import { compare, fail, one, plays } from "./compare.ts";

const hosts = ["a", "b", "c", "d"];
const sizes: readonly NonNullable<Play["serial"]>[] = [1, "50%", [1, "100%"]];

compare("serial", [
  ...sizes.map((serial) => ({
    name: `${JSON.stringify(serial)}: a batch ends before the next one begins`,
    hosts,
    ordered: serial === 1,
    ansible: `
    - hosts: all
      serial: ${JSON.stringify(serial)}
      tasks:
        - {raw: "{{ note }} one"}
        - {raw: "{{ note }} of {{ ansible_play_batch | join('') }}", notify: again}
      handlers:
        - {name: again, raw: "{{ note }} handled"}
    `,
    kubeplay: one(
      ({ note, host }) => [note("one"), note(`of ${batchOf(serial, host)}`).notify(handler("Again", note("handled")))],
      { serial },
    ),
  })),
  {
    name: "continues with the next batch if not all hosts of a batch failed",
    hosts,
    ansible: `
    - hosts: all
      serial: 2
      tasks:
        - {fail: , when: inventory_hostname == 'a'}
        - {raw: "{{ note }} one"}
    `,
    kubeplay: one(({ note, host }) => [fail().when(host === "a"), note("one")], { serial: 2 }),
  },
  {
    name: "ends the run if all hosts of a batch failed",
    hosts,
    ansible: `
    - hosts: all
      serial: 2
      tasks:
        - {fail: , when: "inventory_hostname in ['a', 'b']"}
        - {raw: "{{ note }} one"}
    - hosts: all
      tasks:
        - {raw: "{{ note }} next"}
    `,
    kubeplay: plays(
      one(({ note, host }) => [fail().when(host === "a" || host === "b"), note("one")], { serial: 2 }),
      one(({ note }) => [note("next")]),
    ),
  },
  {
    name: "with an unreachable batch",
    hosts,
    lost: ["a", "b"],
    ansible: `
    - hosts: all
      serial: 2
      tasks:
        - {raw: "{{ note }} one"}
    `,
    kubeplay: one(({ note }) => [note("one")], { serial: 2 }),
    different: {
      why: "an unreachable host does not end the play for others",
      recap: { c: { ok: 1, changed: 1 }, d: { ok: 1, changed: 1 } },
      notes: ["c one", "d one"],
    },
  },
  ...[49, 50].map((percent) => ({
    name: `with max_fail_percentage ${String(percent)} where half of a batch failed`,
    hosts,
    ansible: `
    - hosts: all
      serial: 2
      max_fail_percentage: ${String(percent)}
      tasks:
        - {fail: , when: inventory_hostname == 'a'}
        - {raw: "{{ note }} one"}
    - hosts: all
      tasks:
        - {raw: "{{ note }} next"}
    `,
    kubeplay: plays(
      one(({ note, host }) => [barrier("Come in"), fail().when(host === "a"), barrier(), note("one")], {
        serial: 2,
        maxFailPercentage: percent,
      }),
      one(({ note }) => [note("next")]),
    ),
  })),
]);

function batchOf(serial: Play["serial"], host: string): string {
  if (serial === 1) return host;
  if (serial === "50%") return "ab".includes(host) ? "ab" : "cd";
  return host === "a" ? "a" : "bcd";
}
