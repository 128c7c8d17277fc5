import { block, command, handler } from "kubeplay";
import { compare, noteOf, one } from "./compare.ts";

const waitsFor3 = { attempts: 5, delay: 0, until: ({ stdout }: { stdout: string }) => stdout.trim() === "3" };

/** Ansible's `retries` do not include the first attempt, `attempts` do. */
compare("until", [
  {
    name: "retries until its condition holds",
    ansible: `
    - hosts: all
      tasks:
        - raw: "{{ note }} try; grep -c '^{{ inventory_hostname }} ' {{ root }}/notes"
          register: said
          until: said.stdout | trim == '3'
          retries: 4
          delay: 0
    `,
    kubeplay: one(({ host, root }) => [
      command("Try", { run: `${noteOf(root, host, "try")}; grep -c '^${host} ' ${root}/notes` }).retry(waitsFor3),
    ]),
  },
  {
    name: "fails if its condition does not hold after all attempts",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} try", register: said, until: "'never' in said.stdout", retries: 2, delay: 0}
        - {raw: "{{ note }} after"}
    `,
    kubeplay: one(({ note }) => [
      note("try").retry({ attempts: 3, delay: 0, until: ({ stdout }) => stdout.includes("never") }),
      note("after"),
    ]),
  },
  {
    name: "without a condition retries a failed task",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} try; [ $(grep -c '^{{ inventory_hostname }} ' {{ root }}/notes) = 2 ]", retries: 3, delay: 0}
    `,
    kubeplay: one(({ host, root }) => [
      command("Try", { run: `${noteOf(root, host, "try")}; [ $(grep -c '^${host} ' ${root}/notes) = 2 ]` }).retry({
        attempts: 4,
        delay: 0,
      }),
    ]),
  },
  {
    name: "that is never fulfilled can be ignored or rescued",
    ansible: `
    - hosts: all
      tasks:
        - {raw: "{{ note }} try; exit 1", retries: 1, delay: 0, ignore_errors: true}
        - block:
            - {raw: "{{ note }} again; exit 1", retries: 1, delay: 0}
          rescue:
            - {raw: "{{ note }} rescued"}
    `,
    kubeplay: one(({ note, host, root }) => {
      const twice = { attempts: 2, delay: 0 };
      const failing = (text: string) => command(text, { run: `${noteOf(root, host, text)}; exit 1` }).retry(twice);
      return [failing("try").ignoreErrors(), block("Try", failing("again")).rescue(note("rescued"))];
    }),
    different: { why: "a failed task counts as unchanged", recap: { a: { changed: 1 }, b: { changed: 1 } } },
  },
  {
    name: "notifies once for all attempts",
    ansible: `
    - hosts: all
      tasks:
        - raw: "{{ note }} try; grep -c '^{{ inventory_hostname }} ' {{ root }}/notes"
          register: said
          until: said.stdout | trim == '3'
          retries: 4
          delay: 0
          notify: again
      handlers:
        - {name: again, raw: "{{ note }} handled"}
    `,
    kubeplay: one(({ note, host, root }) => [
      command("Try", { run: `${noteOf(root, host, "try")}; grep -c '^${host} ' ${root}/notes` })
        .retry(waitsFor3)
        .notify(handler("Again", note("handled"))),
    ]),
  },
]);
