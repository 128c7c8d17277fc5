import { command, directory, file, handler, read } from "kubeplay";
import { compare, one } from "./compare.ts";

const check = { check: true };
const hosts = ["a"];

compare("check_mode", [
  {
    name: "reports changes and makes none",
    hosts,
    options: check,
    ansible: `
    - hosts: all
      tasks:
        - {copy: {dest: "{{ root }}/new", content: x}}
        - {file: {path: "{{ root }}/folder", state: directory}}
        - {file: {path: "{{ root }}", state: directory}}
        - {stat: {path: "{{ root }}/new"}, register: new, failed_when: new.stat.exists}
    `,
    kubeplay: one(({ root }) => [
      file("Write", { dest: `${root}/new`, content: "x" }),
      directory("Make", { path: `${root}/folder` }),
      directory("Keep", { path: root }),
      read("Look", { run: `! test -e '${root}/new'` }),
    ]),
  },
  {
    name: "runs handlers without changes",
    hosts,
    options: check,
    ansible: `
    - hosts: all
      tasks:
        - {copy: {dest: "{{ root }}/new", content: x}, notify: again}
        - {file: {path: "{{ root }}", state: directory}, notify: never}
      handlers:
        - {name: again, file: {path: "{{ root }}/handled", state: directory}}
        - {name: never, file: {path: "{{ root }}/never", state: directory}}
    `,
    kubeplay: one(({ root }) => [
      file("Write", { dest: `${root}/new`, content: "x" }).notify(
        handler("Again", directory("Make", { path: `${root}/handled` })),
      ),
      directory("Keep", { path: root }).notify(handler("Never", directory("Make", { path: `${root}/never` }))),
    ]),
  },
  {
    name: "runs reads, and evaluates conditions with their output",
    hosts,
    options: check,
    ansible: `
    - hosts: all
      tasks:
        - {raw: "echo yes", check_mode: false, changed_when: false, register: said}
        - {file: {path: "{{ root }}/yes", state: directory}, when: "'yes' in said.stdout"}
        - {file: {path: "{{ root }}/no", state: directory}, when: "'no' in said.stdout"}
    `,
    kubeplay: one(({ root }) => {
      const said = read("Ask", { run: "echo yes" });
      const says = (word: string) => said.output.map(({ stdout }) => stdout.includes(word));
      return [
        said,
        directory("Yes", { path: `${root}/yes` }).when(says("yes")),
        directory("No", { path: `${root}/no` }).when(says("no")),
      ];
    }),
  },
  {
    name: "runs no command",
    hosts,
    options: check,
    ansible: `
    - hosts: all
      tasks:
        - {shell: "{{ note }} one"}
        - {shell: "{{ note }} two", args: {creates: "{{ root }}/hosts.yaml"}}
        - {shell: "{{ note }} three", args: {creates: "{{ root }}/none"}}
    `,
    kubeplay: one(({ root, note }) => [
      note("one"),
      command("Two", { run: "false", creates: `${root}/hosts.yaml` }),
      command("Three", { run: "false", creates: `${root}/none` }),
    ]),
    different: {
      why: "a command is predicted, because the run will execute it",
      recap: { a: { ok: 3, changed: 2, skipped: 0 } },
    },
  },
  {
    name: "predicts with the changes of earlier tasks",
    hosts,
    options: check,
    ansible: `
    - hosts: all
      tasks:
        - {file: {path: "{{ root }}/folder", state: directory}}
        - {copy: {dest: "{{ root }}/folder/file", content: x}}
        - {copy: {dest: "{{ root }}/folder/file", content: x}}
    `,
    kubeplay: one(({ root }) => [
      directory("Make", { path: `${root}/folder` }),
      file("Write", { dest: `${root}/folder/file`, content: "x" }),
      file("Write it again", { dest: `${root}/folder/file`, content: "x" }),
    ]),
    different: {
      why: "predicted changes of earlier tasks count",
      recap: { a: { ok: 3, changed: 2 } },
    },
  },
]);
