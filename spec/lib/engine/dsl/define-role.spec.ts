import { expect } from "chai";
import path from "node:path";
import { Type } from "typebox";
import { defineRole, file, undone } from "kubeplay";
import { tasksOf } from "kubeplay/testing";

const etcd = defineRole({
  name: "etcd",
  description: "A member of etcd.",
  vars: { etcd_port: Type.Integer({ default: 2379, description: "Its port." }) },
  tasks: () => [],
});

describe("a role", () => {
  it("has its templates in roles/<name> of the project, unless it sets another folder", () => {
    expect(etcd.folder).to.equal(path.resolve("roles/etcd"));
    expect(defineRole({ name: "x", description: "", vars: {}, folder: "/x", tasks: () => [] }).folder).to.equal("/x");
  });

  it("can be copied with some variables set and with more tags, and stays unchanged itself", () => {
    const mine = etcd.with({ etcd_port: 1 }).tagged("a").with({}).tagged("b", "c");
    expect(mine.fixed).to.deep.equal({ etcd_port: 1 });
    expect(mine.tags).to.deep.equal(["a", "b", "c"]);
    expect(mine.tasks).to.equal(etcd.tasks);
    expect([etcd.fixed, etcd.tags]).to.deep.equal([{}, []]);
  });

  it("uses the last of several values of one variable", () =>
    expect(etcd.with({ etcd_port: 1 }).with({ etcd_port: 2 }).fixed).to.deep.equal({ etcd_port: 2 }));
});

describe("a role that is undone", () => {
  const motd = defineRole({
    name: "motd",
    description: "A message.",
    vars: { motd_text: Type.String({ default: "Hello", description: "It." }) },
    folder: "/motd",
    tasks: ({ vars }) => [file("Write it", { dest: "/etc/motd", content: vars.motd_text })],
    undo: () => [file("Remove it", { dest: "/etc/motd", state: "absent" })],
  });

  it("has the tasks that take away what it made, and keeps its name, tags, variables and folder", () => {
    const gone = undone(motd.with({ motd_text: "Bye" }).tagged("a"));
    expect(tasksOf(gone).map(({ name }) => name)).to.deep.equal(["Remove it"]);
    const { name, tags, fixed, vars, folder } = gone;
    expect({ name, tags, fixed, vars, folder }).to.deep.equal({
      name: "motd",
      tags: ["a"],
      fixed: { motd_text: "Bye" },
      vars: motd.vars,
      folder: "/motd",
    });
    expect(gone.tagged("b").tags).to.deep.equal(["a", "b"]);
    expect(tasksOf(motd).map(({ name: task }) => task)).to.deep.equal(["Write it"]);
  });

  it("cannot be made of a role that does not say what it leaves", () =>
    expect(() => undone(etcd)).to.throw("the role etcd has no undo"));
});
