import { block, command, handler } from "#engine/resources/index.ts";
import { compare, noteOf, one } from "./compare.ts";

const waitsFor3 = { attempts: 5, delay: 0, until: ({ stdout }: { stdout: string }) => stdout.trim() === "3" };

/** Ansible's `retries` are those after the first try, `attempts` are all. */
compare("until", [
  {
    name: "tries again until it is so",
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
    name: "fails when it is not so after all tries",
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
    name: "without a condition tries again what fails",
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
    name: "that never comes may be ignored, or rescued",
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
    different: { why: "what failed counts as no change", recap: { a: { changed: 1 }, b: { changed: 1 } } },
  },
  {
    name: "notifies once for all its tries",
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
