import { expect } from "chai";
import { ansiblePlaybook } from "#bench/ansible/files.ts";
import { readAll } from "#bench/floor/read.ts";
import { takeAway } from "#bench/workload/bare.ts";
import { ordinary } from "#bench/workload/role.ts";
import { countsOf, folder, prefix, workload } from "#bench/workload/things.ts";
import { hosts, tasksOf } from "../roles/tasks-of.ts";

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

describe("the bench's workload", () => {
  it("has the designed numbers of each kind for a hundred tasks", () => {
    expect(countsOf(100)).to.deep.equal({
      directories: 20,
      templates: 30,
      copies: 10,
      lines: 10,
      links: 10,
      users: 5,
      commands: 5,
      units: 5,
      services: 5,
    });
  });

  it("has the requested number of tasks, and no service without its unit", () => {
    for (let tasks = 10; tasks <= 1000; tasks += 10) {
      const things = workload(tasks);
      expect(sum(countsOf(tasks)), `${tasks} tasks`).to.equal(tasks);
      expect(Object.values(things).flat()).to.have.length(tasks);
      expect(things.services).to.have.length(countsOf(tasks).services);
      expect(things.units.map(({ name }) => name)).to.include.members([...things.services]);
    }
  });

  it("is the same number of tasks for kubeplay", () => {
    const inventory = { web: { hosts: hosts("web-1") } };
    expect(tasksOf(ordinary, { inventory, host: "web-1" })).to.have.length(100);
    expect(tasksOf(ordinary, { inventory, host: "web-1", extraVars: ["bench_tasks=20"] })).to.have.length(20);
  });

  it("is the same number of tasks for ansible, each with one module and a unique name", () => {
    const [play] = ansiblePlaybook(workload(100), "/workload");
    const tasks = play?.tasks ?? [];
    expect(new Set(tasks.map(({ name }) => name))).to.have.property("size", 100);
    for (const task of tasks)
      expect(
        Object.keys(task).filter((key) => key.startsWith("ansible.builtin.")),
        task.name,
      ).to.have.length(1);
  });

  it("names nothing twice, and names only things that it removes again", () => {
    const { templates, copies, links, commands, directories, users, units } = workload(1000);
    const paths = [...templates, ...links].map(({ dest }) => dest);
    const all = [...paths, ...copies, ...commands.map(({ creates }) => creates), ...directories];
    expect(new Set(all)).to.have.property("size", all.length);
    for (const path of all) expect(path.startsWith(`${folder}/`), path).to.be.true;
    for (const name of [...users, ...units.map(({ name }) => name)]) expect(name.startsWith(prefix), name).to.be.true;
    expect(takeAway).to.include(`rm -rf -- ${folder}\n`).and.to.include(`set -- ${prefix}*.service`);
  });

  it("is read by the floor with one process per kind, regardless of its size", () => {
    const processes = (tasks: number): number => readAll(workload(tasks)).split(" && ").length;
    expect(processes(100)).to.equal(5);
    expect(processes(1000)).to.equal(5);
  });
});
