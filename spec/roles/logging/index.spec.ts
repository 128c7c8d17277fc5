import { expect } from "chai";
import type { Manifest } from "#lib/queries/object.ts";
import type { ManifestsProps } from "#lib/resources/index.ts";
import { logging } from "#roles/logging/index.ts";
import { hosts, tasksOf } from "../tasks-of.ts";

const inventory = { masters: { hosts: hosts("master-1") }, nodes: { hosts: hosts("node-1", "node-2") } };
const propsOf = (...extraVars: string[]) =>
  tasksOf(logging, { inventory, host: "localhost", extraVars })[0]?.props as ManifestsProps;
const find = (kind: string, ...extraVars: string[]): Manifest =>
  propsOf(...extraVars).objects!.find((one) => one.kind === kind)!;
interface Pod {
  template: { spec: { containers: { args: string[] }[]; tolerations: unknown } };
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
    const node = (...extraVars: string[]): string => JSON.stringify(find("PersistentVolume", ...extraVars).spec);
    expect(node()).to.contain('"values":["node-1"]');
    expect(node("logging_node=node-2")).to.contain('"values":["node-2"]');
    expect(() => node("logging_node=node-9")).to.throw(/logging_node is "node-9", which is no node/);
  });

  it("keeps no more than its volume has room for, and no longer than it shall", () => {
    const [server] = (find("StatefulSet", "logging_size=5Gi", "logging_retention=2w").spec as Pod).template.spec
      .containers;
    expect(server?.args).to.include.members(["-retention.maxDiskSpaceUsageBytes=5GiB", "-retentionPeriod=2w"]);
  });

  it("goes by its name alone", () =>
    expect(propsOf("logging_state=absent"))
      .to.include({ set: "logging", state: "absent" })
      .and.not.to.have.key("objects"));
});
