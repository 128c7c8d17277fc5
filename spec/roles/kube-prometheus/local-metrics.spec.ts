import { expect } from "chai";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import type { ManifestFilesProps } from "#kubernetes/rendering/manifest-files.ts";
import { kubePrometheus } from "#roles/kube-prometheus/index.ts";
import { hosts, taskCalled, tasksOf } from "../tasks-of.ts";

const inventory = { masters: { hosts: hosts("master-1") }, nodes: { hosts: hosts("node-1") } };
const objects = (...extraVars: string[]): readonly Manifest[] => {
  const tasks = tasksOf(kubePrometheus, { inventory, host: "localhost", extraVars });
  return (taskCalled(tasks, "Read its manifests").props as ManifestFilesProps).beside ?? [];
};
const called = (wanted: string, kind: string, among: readonly Manifest[]) =>
  among.find((one) => one.kind === kind && one.metadata.name === wanted);
const programsOf = (name: string, among: readonly Manifest[]) => {
  const { template } = (called(name, "DaemonSet", among)?.spec ?? { template: { spec: { containers: [] } } }) as {
    template: { spec: { containers: { name: string; args: string[] }[] } };
  };
  return Object.fromEntries(template.spec.containers.map((one) => [one.name, one.args]));
};
const portOf = (name: string, among: readonly Manifest[]) =>
  (called(`kubeplay-${name}`, "EndpointSlice", among)?.ports as { port: number }[] | undefined)?.[0]?.port;

describe("metrics of programs that listen for their own host only", () => {
  it("are served by kube-rbac-proxy on each host, to whom the API server lets read them", () => {
    const masters = programsOf("kube-rbac-proxy-masters", objects());
    expect(Object.keys(masters)).to.deep.equal(["kube-controller-manager", "kube-scheduler"]);
    expect(masters["kube-scheduler"]).to.include.members([
      "--secure-listen-address=$(HOST_IP):20259",
      "--upstream=https://127.0.0.1:10259/",
      "--allow-paths=/metrics,/metrics/slis",
    ]);
    expect(programsOf("kube-rbac-proxy-nodes", objects())["kube-proxy"]).to.include(
      "--upstream=http://127.0.0.1:10249/",
    );
    expect(
      ["kube-controller-manager", "kube-scheduler", "kube-proxy"].map((name) => portOf(name, objects())),
    ).to.deep.equal([20252, 20259, 20249]);
  });

  it("are read from the program itself if it listens for others too", () => {
    const open = objects("kube_scheduler_bind_address=0.0.0.0");
    expect(programsOf("kube-rbac-proxy-masters", open)).to.have.all.keys("kube-controller-manager");
    expect(portOf("kube-scheduler", open)).to.equal(10259);
  });

  it("need no proxy on nodes without kube-proxy, and no account where nothing needs a proxy", () => {
    const without = objects("kube_proxy_replacement=true", "cni=cilium");
    expect(called("kube-rbac-proxy-nodes", "DaemonSet", without)).to.equal(undefined);
    expect(called("kube-rbac-proxy", "ServiceAccount", without)).to.be.an("object");
    const addresses = ["kube_scheduler_bind_address=0.0.0.0", "kube_controller_manager_bind_address=0.0.0.0"];
    const none = objects("kube_proxy_replacement=true", "cni=cilium", ...addresses);
    expect(none.filter(({ metadata }) => metadata.name.includes("kube-rbac-proxy"))).to.deep.equal([]);
  });

  it("are kept by pods without any right on their host", () => {
    for (const { kind, spec } of objects())
      if (kind === "DaemonSet") {
        expect(spec).to.have.nested.property("template.spec.securityContext.runAsNonRoot", true);
        expect(spec).to.have.deep.nested.property("template.spec.containers[0].securityContext.capabilities.drop", [
          "ALL",
        ]);
        expect(spec).not.to.have.nested.property("template.spec.volumes");
      }
  });
});
