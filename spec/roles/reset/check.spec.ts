import { expect } from "chai";
import { clusterCheck, membersCheck, type ClusterCheckProps } from "#roles/reset/check.ts";
import { subject } from "../../lib/engine/resources/one-resource.ts";

const question = { kubeconfig: "/x", servers: [] };
const props: ClusterCheckProps = {
  cluster: "prod",
  hosts: ["w-3"],
  masters: ["cp-1", "cp-2", "cp-3"],
  nodes: ["w-1"],
  question,
  confirmed: "",
};
const node = (name: string) => ({ name, version: "", runtime: "", addresses: [] });
const live = (...names: readonly string[]) => ({ live: { servers: {}, nodes: names.map(node) } });
const check = (now: object, changed: Partial<ClusterCheckProps> = {}) =>
  subject(clusterCheck("x", { ...props, ...changed })).diff(now);

describe("the check before a reset", () => {
  it("accepts a host that the cluster no longer has", () => expect(check(live("cp-1", "w-1"))).to.deep.equal([]));

  it("refuses nodes of a cluster that lives, also if the user names the cluster, and names remove", () => {
    for (const confirmed of ["", "prod"])
      expect(() => check(live("cp-1", "w-3"), { confirmed })).to.throw(
        /^nothing is reset: w-3 is still in the cluster.*npm run play -- -e remove=w-3 remove$/,
      );
    expect(() => check(live("w-3", "w-4"), { hosts: ["w-3", "w-4"] })).to.throw("w-3, w-4 are still in the cluster");
  });

  it("refuses if nobody can say whether the cluster has the host, unless the user names the cluster", () => {
    const none = { live: undefined };
    expect(() => check(none)).to.throw("no API server answers on cp-1, cp-2, cp-3");
    expect(() => check(none, { confirmed: "test" })).to.throw('reset_cluster is "test", expected "prod"');
    expect(check(none, { confirmed: "prod" })).to.deep.equal([]);
  });

  it("ends a cluster only if the user names it, and all of its hosts", () => {
    const all = { masters: [], nodes: [], hosts: ["cp-1", "cp-2", "cp-3", "w-1"] };
    expect(() => check({}, all)).to.throw("this ends the cluster prod");
    expect(() => check({}, { ...all, confirmed: "prud" })).to.throw('reset_cluster is "prud", expected "prod"');
    expect(check({}, { ...all, confirmed: "prod" })).to.deep.equal([]);
    expect(() => check({}, { ...all, nodes: ["w-1"], confirmed: "prod" })).to.throw("w-1 is left without one");
  });

  it("asks no API if no master stays", () => {
    expect(Object.keys(subject(clusterCheck("x", { ...props, masters: [] })).needs)).to.deep.equal([]);
    expect(Object.keys(subject(clusterCheck("x", props)).needs)).to.deep.equal(["live"]);
  });
});

describe("the check of etcd before a reset", () => {
  const member = (name: string, address: string) => ({ name, peerUrls: [`https://${address}:2380`], hasRun: true });
  const three = [member("cp-1", "192.0.2.11"), member("cp-2", "192.0.2.12"), member("cp-3", "192.0.2.13")];
  const task = subject(
    membersCheck("x", { address: "192.0.2.11", port: 2380, leaving: [{ name: "cp-3", address: "192.0.2.13" }] }),
  );

  it("refuses a member, with the arithmetic, and names remove", () =>
    expect(() => task.diff({ etcd: { state: "running", members: three } })).to.throw(
      "cp-3 is still a member of etcd, which has 3 and needs 2 of them; 2 would be left. Nothing is reset. Take each out first: npm run play -- -e remove=cp-3 remove",
    ));

  it("accepts a master that is no member, and an etcd that does not run", () => {
    expect(task.diff({ etcd: { state: "running", members: three.slice(0, 2) } })).to.deep.equal([]);
    expect(task.diff({ etcd: { state: "not running" } })).to.deep.equal([]);
  });
});
