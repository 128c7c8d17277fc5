import { expect } from "chai";
import type { Manifest } from "#lib/queries/object.ts";
import type { ManifestsProps } from "#lib/resources/index.ts";
import { folderOf, type Tied } from "#roles/addon/volume.ts";
import { logging } from "#roles/logging/index.ts";
import { hosts, tasksOf } from "../tasks-of.ts";

const inventory = { masters: { hosts: hosts("master-1") }, nodes: { hosts: hosts("node-1", "node-2") } };
const propsOf = (...extraVars: string[]) =>
  tasksOf(logging, { inventory, host: "localhost", extraVars }).at(-1)?.props as ManifestsProps;
const find = (kind: string, ...extraVars: string[]): Manifest =>
  propsOf(...extraVars).objects!.find((one) => one.kind === kind)!;
interface Pod {
  template: { spec: Tied & { containers: { args: string[] }[]; tolerations: unknown } };
}

describe("logging", () => {
  it("is collected on every node, whatever its taints", () =>
    expect((find("DaemonSet").spec as Pod).template.spec.tolerations).to.deep.equal([{ operator: "Exists" }]));

  it("is sent to the server by the name that its Service has in the cluster's domain", () => {
    const [collector] = (find("DaemonSet", "cluster_domain=k8s.example").spec as Pod).template.spec.containers;
    const service = find("Service").metadata;
    expect(collector?.args).to.include(
      `-remoteWrite.url=http://${service.name}.${service.namespace ?? ""}.svc.k8s.example:9428/insert/native`,
    );
  });

  it("lies on the node that is named, or on the first that is no master", () => {
    const folder = (...extraVars: string[]) => folderOf((find("StatefulSet", ...extraVars).spec as Pod).template.spec);
    expect(folder()).to.deep.equal({ node: "node-1", path: "/var/lib/kubeplay-logs" });
    expect(folder("logging_node=node-2", "logging_path=/logs")).to.deep.equal({ node: "node-2", path: "/logs" });
    expect(() => folder("logging_node=node-9")).to.throw(/logging_node is "node-9", which is no node/);
  });

  it("looks first whether those that are there stay where they are", () =>
    expect(tasksOf(logging, { inventory, host: "localhost" })[0]?.props).to.deep.include({
      addon: "logging",
      workload: "/apis/apps/v1/namespaces/logging/statefulsets/victoria-logs",
      folder: { node: "node-1", path: "/var/lib/kubeplay-logs" },
    }));

  it("keeps no more than it shall, and no longer", () => {
    const [server] = (find("StatefulSet", "logging_size=5Gi", "logging_retention=2w").spec as Pod).template.spec
      .containers;
    expect(server?.args).to.include.members(["-retention.maxDiskSpaceUsageBytes=5GiB", "-retentionPeriod=2w"]);
  });

  it("goes by its name alone", () =>
    expect(propsOf("logging_state=absent"))
      .to.include({ set: "logging", state: "absent" })
      .and.not.to.have.key("objects"));
});
