import { expect } from "chai";
import type { RunningCluster } from "#cluster/running-cluster.ts";
import { keptOn, rollbackAllowed, whatIsKept, type KeptVersions } from "#cluster/upgrade/rollback.ts";
import { subject } from "../../engine/resources/one-resource.ts";

describe("a rollback", () => {
  const program = { version: "1.37.2", architecture: "amd64" } as const;
  const service = (unit: string) => ({
    unit,
    programs: [{ ...program, artifact: unit, dest: `/bin/${unit}`, staged: `/lib/${unit}` }] as const,
    files: [],
  });

  it("knows the versions before of the services that are kept", () => {
    const task = whatIsKept("Look", { services: ["kube-apiserver", "kubelet", "etcd"].map(service) });
    if (!("resource" in task.does)) throw new Error("expected a resource");
    const now = {
      ...{ "kube-apiserver to": "1.37.2\n", "kube-apiserver from": "1.36.3\n" },
      ...{ "kubelet to": undefined, "kubelet from": undefined },
      ...{ "etcd to": "3.7.3\n", "etcd from": undefined },
    };
    expect(task.does.resource.output?.(now, task.props, [])).to.deep.equal({ "kube-apiserver": "1.36.3", etcd: "" });
  });

  const nodesOf = (versions: Readonly<Record<string, string>>): RunningCluster => ({
    servers: { "https://10.0.0.1:6443": "v1.37.2" },
    nodes: Object.entries(versions).map(([name, version]) => ({ name, version, runtime: "", addresses: [] })),
  });
  const allowed = (kept: Readonly<Record<string, KeptVersions | undefined>>) =>
    subject(
      rollbackAllowed("Check", {
        ...{ kubeconfig: "/k", servers: ["https://10.0.0.1:6443"] },
        ...Object.fromEntries(Object.entries(kept).map(([host, versions]) => [keptOn(host), versions] as const)),
      }),
    );
  const before = { "kube-apiserver": "1.36.3", kubelet: "1.36.3" };
  const cluster = nodesOf({ master: "v1.37.2", node: "v1.37.2" });

  it("may take all hosts back, also if an earlier run has put some nodes back", () => {
    expect(allowed({ master: before, node: { kubelet: "1.36.3" } }).diff({ cluster })).to.deep.equal([]);
    const half = nodesOf({ master: "v1.37.2", node: "v1.36.3" });
    expect(allowed({ master: before, node: {} }).diff({ cluster: half })).to.deep.equal([]);
  });

  for (const [why, node] of [
    ["is not among its hosts", undefined],
    ["has kept nothing", {}],
  ] as const)
    it(`is refused while a node with a newer kubelet ${why}`, () => {
      expect(() => allowed({ master: before, node }).diff({ cluster })).to.throw(
        "the kubelet of node stays at 1.37.2, but API servers go back to 1.36.3: a kubelet must not be newer",
      );
    });

  it("may leave kubelets of the same minor version, and take nodes back alone", () => {
    expect(allowed({ master: { "kube-apiserver": "1.37.1" }, node: undefined }).diff({ cluster })).to.deep.equal([]);
    expect(allowed({ master: undefined, node: { kubelet: "1.36.3" } }).diff({ cluster })).to.deep.equal([]);
  });

  it("is not refused where no API server answers", () => {
    expect(allowed({ master: before, node: undefined }).diff({ cluster: undefined })).to.deep.equal([]);
  });

  it("says so if nothing is kept", () => {
    const said = "have kept nothing of an upgrade, so there is nothing to put back";
    expect(allowed({ master: {}, node: undefined }).warnings({ cluster }).join()).to.contain(said);
    expect(allowed({ master: {}, node: { kubelet: "" } }).warnings({ cluster })).to.deep.equal([]);
  });
});
