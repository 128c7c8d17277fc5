import { expect } from "chai";
import path from "node:path";
import { Type } from "typebox";
import { defineRole } from "kubeplay";

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
