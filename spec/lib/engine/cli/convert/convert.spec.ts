import { expect } from "chai";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { debug, defineRole, play, playbook, type Role } from "kubeplay";
import { convertCommand } from "#engine/cli/convert/command.ts";
import { RoleConverter } from "#engine/cli/convert/role.ts";
import { convertTemplate } from "#engine/cli/convert/template.ts";
import { clear, played } from "../../runner/stage.ts";

/** In the project, so that the new role finds kubeplay. */
mkdirSync(".kubeplay", { recursive: true });
const root = mkdtempSync(path.resolve(".kubeplay/convert-"));
const at = (name: string): string => path.join(root, name);

const role: Readonly<Record<string, string>> = {
  "defaults/main.yml": `
app_folder: ${at("app")}
app_names: [one, two]
app_file: "{{ app_folder }}/conf"
app_mode: "0640"
app_debug: no
app_template: app.conf.j2
`,
  "vars/main.yml": "app_title: it's {{ app_names | join('+') }}\n",
  "tasks/main.yml": `
- name: Make {{ app_folder }}
  file: { path: "{{ app_folder }}", state: directory, mode: 0750 }
- ansible.builtin.include_tasks: more.yml
  when: app_names | length > 1
- name: Install it elsewhere
  yum: name=x
  when: ansible_facts['os_family'] == 'RedHat'
- name: Write {{ item }}
  copy: { content: "{{ item }}", dest: "{{ app_folder }}/{{ item }}", mode: "{{ app_mode }}" }
  loop: "{{ app_names }}"
  notify: tell
- name: Ask
  command: printf 'two words'
  register: asked
  changed_when: false
- name: Write what it said
  copy: { content: "{{ asked.stdout }}", dest: "{{ app_folder }}/said" }
  when: asked.rc == 0 and not app_debug
- name: Only in debug mode
  command: cmd="false"
  when: app_debug
- name: Do what has no counterpart
  community.none.module: { a: "{{ x | no_such_filter }}" }
  when: app_debug
`,
  "tasks/more.yml": `
- name: Write the configuration
  template: src={{ app_template }} dest="{{ app_file }}" mode=0644
- name: Ask for a file
  stat: { path: "{{ app_file }}" }
  when: app_debug | bool
`,
  "handlers/main.yml": `
- name: tell the others
  listen: tell
  shell: "echo told >> {{ app_folder }}/told"
`,
  "templates/app.conf.j2": `# {{ ansible_managed }}
title = {{ app_title }}
{% for name in app_names %}
name {{ loop.index0 }} = {{ name }}
{% endfor %}
{% if app_debug %}
debug
{% elif app_mode == "0640" %}
mode {{ app_missing | default('none') }}
{% endif %}
`,
};

describe("the conversion of a role of Ansible", () => {
  before(() => {
    for (const [name, text] of Object.entries(role)) {
      mkdirSync(path.dirname(at(`app-role/${name}`)), { recursive: true });
      writeFileSync(at(`app-role/${name}`), text);
    }
  });
  after(() => rmSync(root, { recursive: true, force: true }));
  after(clear);

  it("gives a role that does the same, and nothing the second time", async function () {
    this.timeout(30_000);
    expect(convertCommand([at("app-role"), "--to", at("new")], root)).to.equal(0);
    const { default: made } = (await import(at("new/index.ts"))) as { default: Role };
    const plays = playbook([play({ name: "Converted", hosts: "all", roles: [made] })]);
    const first = await played({ root, playbook: plays });
    expect(first.code, first.terminal).to.equal(0);
    const text = (name: string) => readFileSync(at(`app/${name}`), "utf8");
    expect([text("one"), text("two"), text("said"), text("told")]).to.deep.equal(["one", "two", "two words", "told\n"]);
    expect(text("conf")).to.equal(
      "# Managed by kubeplay\ntitle = it's one+two\nname 0 = one\nname 1 = two\nmode none\n",
    );
    const again = await played({ root, playbook: plays });
    expect(again.changes, again.terminal).to.deep.equal([]);
  });

  it("counts what became of each task, and says what a person must do", () => {
    const { tasks, templates } = new RoleConverter(at("app-role")).convert();
    const count = (outcome: string) => tasks.filter((task) => task.outcome === outcome).length;
    expect(["native", "module", "by hand", "other system"].map(count)).to.deep.equal([7, 1, 1, 1]);
    expect(tasks.find(({ outcome }) => outcome === "by hand")?.why).to.equal("the filter no_such_filter");
    expect(templates).to.deep.equal([{ file: "app.conf.j2" }]);
  });

  it("runs scripts, fetches files, and adds hosts and groups to the inventory as Ansible does", async () => {
    const name = "more-role";
    mkdirSync(at(`${name}/tasks`), { recursive: true });
    mkdirSync(at(`${name}/files`), { recursive: true });
    writeFileSync(at(`${name}/files/make.sh`), '#!/bin/sh\nprintf "%s\\n" "$@" > "$1"\n');
    writeFileSync(
      at(`${name}/tasks/main.yml`),
      `
- script: make.sh ${at("made")} two
  args: { creates: "${at("made")}" }
- fetch: { src: "${at("made")}", dest: "${at("to/{{ inventory_hostname }}")}", flat: yes }
- fetch: { src: "${at("none")}", dest: "${at("to/none")}", flat: true, fail_on_missing: no }
- add_host: name=added groups=new,newer ansible_connection=local
- add_host: { hostname: "added-{{ inventory_hostname }}", ansible_connection: local }
  run_once: true
- group_by: { key: "on {{ inventory_hostname }}", parents: here }
- fetch: { src: /etc/hostname, dest: to/ }
  when: false
- script: make.sh 'a b'
  when: false
`,
    );
    expect(convertCommand([at(name), "--to", at("made-of-more")], root)).to.equal(0);
    const { default: made } = (await import(at("made-of-more/index.ts"))) as { default: Role };
    const seen = (hosts: string) =>
      play({
        name: hosts,
        hosts,
        roles: [
          defineRole({ name: "seen", description: "", vars: {}, tasks: () => [debug("See", { message: "seen" })] }),
        ],
      });
    const plays = playbook([
      play({ name: "Converted", hosts: "all", roles: [made] }),
      ...["here", "on-a", "newer"].map(seen),
    ]);
    const { code, terminal } = await played({ root, playbook: plays });
    expect(code, terminal).to.equal(0);
    expect(readFileSync(at("to/a"), "utf8")).to.equal(`${at("made")}\ntwo\n`);
    expect(existsSync(at("to/none"))).to.equal(false);
    const [, , ...ofGroups] = terminal.split("PLAY [");
    const hosts = ofGroups.map((one) => /^ok: \[(.*?)\]/m.exec(one)?.[1]);
    expect(hosts, terminal).to.deep.equal(["a", "a", "added"]);
    const text = readFileSync(at("made-of-more/index.ts"), "utf8");
    expect(text.match(/\.runOnce\(\)/g)).to.have.length(2);
    expect(text).to.include("fetch without flat: name the host in dest").and.include("a script with quotes");
  });

  it("writes a task that fails for what has no counterpart", () => {
    const text = new RoleConverter(at("app-role")).convert().files.get("index.ts") ?? "";
    expect(text).to.include("/* By hand: the filter no_such_filter.");
    expect(text).to.include('that: false, message: "convert this task by hand: the filter no_such_filter"');
  });

  it("refuses a folder that is no role, and files that are there", () => {
    expect(() => convertCommand([at("none")], root)).to.throw("none is no role of Ansible");
    expect(() => convertCommand([at("app-role"), "--to", at("new")], root)).to.throw("app.conf.hbs is there already");
  });

  it("names the line of a template that Handlebars cannot say", () => {
    for (const [jinja, why] of [
      ["a\n{{ x | regex_replace('a', 'b') }}\n", "line 2: the filter regex_replace"],
      ["{% set a = 1 %}", "line 1: {% set %}"],
      ["{% for k, v in x.items() %}{% endfor %}", "line 1: a loop over keys and values"],
      ["\n\n{% if a %}", "it is not read as Jinja2"],
    ] as const)
      expect(() => convertTemplate(jinja), jinja).to.throw(why);
  });
});
