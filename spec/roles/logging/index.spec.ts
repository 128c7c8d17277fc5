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
    expect(tasks()[0]?.props).to.deep.include({
      addon: "logging",
      workload: "/apis/apps/v1/namespaces/logging/statefulsets/victoria-logs",
      folder: { node: "node-1", path: "/var/lib/kubeplay-logs" },
    }));

  it("keeps no more than it shall, and no longer", () => {
    const [server] = (find("StatefulSet", "logging_size=5Gi", "logging_retention=2w").spec as Pod).template.spec
      .containers;
    expect(server?.args).to.include.members(["-retention.maxDiskSpaceUsageBytes=5GiB", "-retentionPeriod=2w"]);
  });

  it("lets in its own collector and no other pod: nobody has to say who they are", () => {
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

  it("lets nodes in, with the API's proxy among them, where Cilium would take a node for a stranger", () => {
    const opens = "Open it to the nodes";
    expect(propsOf(opens).objects).to.have.length(1).and.to.have.nested.property("[0].kind", "CiliumNetworkPolicy");
    expect(taskCalled(tasks(), opens).retries, "its kind may be a moment away").not.to.equal(undefined);
    expect(tasks("cni=bridge").map(({ name }) => name)).not.to.include(opens);
  });

  it("goes by its name alone", () =>
    expect(tasks("logging_state=absent").map(({ props }) => props))
      .to.have.length(2)
      .and.satisfy((both: readonly ManifestsProps[]) =>
        both.every(({ state, objects }) => state === "absent" && !objects),
      ));
});
