import { expect } from "chai";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import type { ManifestsProps } from "#kubernetes/manifests/manifests.ts";
import { folderOf, type Tied } from "#cluster/addon/volume.ts";
import { logging } from "#roles/logging/index.ts";
import { hosts, taskCalled, tasksOf } from "../tasks-of.ts";

const inventory = { masters: { hosts: hosts("master-1") }, nodes: { hosts: hosts("node-1", "node-2") } };
const tasks = (...extraVars: string[]) => tasksOf(logging, { inventory, host: "localhost", extraVars });
const propsOf = (name: string, ...extraVars: string[]) => taskCalled(tasks(...extraVars), name).props as ManifestsProps;
const all = (kind: string, ...extraVars: string[]): readonly Manifest[] =>
  propsOf("Apply its objects", ...extraVars).objects!.filter((one) => one.kind === kind);
const find = (kind: string, ...extraVars: string[]): Manifest => all(kind, ...extraVars)[0]!;
interface Pod {
  template: { spec: Tied & { containers: { args: string[] }[]; tolerations: unknown } };
}

describe("logging", () => {
  it("collects on every node regardless of its taints", () =>
    expect((find("DaemonSet").spec as Pod).template.spec.tolerations).to.deep.equal([{ operator: "Exists" }]));

  it("sends logs to the name of the server's Service in the cluster's domain", () => {
    const [collector] = (find("DaemonSet", "cluster_domain=k8s.example").spec as Pod).template.spec.containers;
    const service = find("Service").metadata;
    expect(collector?.args).to.include(
      `-remoteWrite.url=http://${service.name}.${service.namespace ?? ""}.svc.k8s.example:9428/insert/native`,
    );
  });

  it("stores logs on logging_node, or on the first node that is no master", () => {
    const folder = (...extraVars: string[]) => folderOf((find("StatefulSet", ...extraVars).spec as Pod).template.spec);
    expect(folder()).to.deep.equal({ node: "node-1", path: "/var/lib/kubeplay-logs" });
    expect(folder("logging_node=node-2", "logging_path=/logs")).to.deep.equal({ node: "node-2", path: "/logs" });
    expect(() => folder("logging_node=node-9")).to.throw(/logging_node is "node-9", which is not a node/);
  });

  it("checks first that existing logs stay in place", () =>
    expect(tasks()[0]?.props).to.deep.include({
      addon: "logging",
      workload: "/apis/apps/v1/namespaces/logging/statefulsets/victoria-logs",
      folder: { node: "node-1", path: "/var/lib/kubeplay-logs" },
    }));

  it("limits the size and the age of the stored logs", () => {
    const [server] = (find("StatefulSet", "logging_size=5Gi", "logging_retention=2w").spec as Pod).template.spec
      .containers;
    expect(server?.args).to.include.members(["-retention.maxDiskSpaceUsageBytes=5GiB", "-retentionPeriod=2w"]);
  });

  it("admits its own collector and no other pod, because it authenticates no client", () => {
    const policies = Object.fromEntries(all("NetworkPolicy").map(({ metadata, spec }) => [metadata.name, spec]));
    expect(policies).to.deep.equal({
      "victoria-logs": {
        podSelector: { matchLabels: find("StatefulSet").metadata.labels },
        policyTypes: ["Ingress"],
        ingress: [
          {
            from: [{ podSelector: { matchLabels: find("DaemonSet").metadata.labels } }],
            ports: [{ port: 9428, protocol: "TCP" }],
          },
        ],
      },
      vlagent: {
        podSelector: { matchLabels: find("DaemonSet").metadata.labels },
        policyTypes: ["Ingress"],
        ingress: [],
      },
    });
  });

  it("admits nodes, and so the API's proxy, with Cilium, whose network policies do not match nodes", () => {
    const opens = "Allow the nodes' access";
    expect(propsOf(opens).objects).to.have.length(1).and.to.have.nested.property("[0].kind", "CiliumNetworkPolicy");
    expect(taskCalled(tasks(), opens).retries, "its kind may not be installed yet").not.to.equal(undefined);
    expect(tasks("cni=bridge").map(({ name }) => name)).not.to.include(opens);
  });

  it("is removed without a list of its objects", () =>
    expect(tasks("logging_state=absent").map(({ props }) => props))
      .to.have.length(2)
      .and.satisfy((both: readonly ManifestsProps[]) =>
        both.every(({ state, objects }) => state === "absent" && !objects),
      ));
});
