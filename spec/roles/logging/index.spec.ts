import { expect } from "chai";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import type { Output } from "kubeplay";
import type { ManifestsProps } from "#kubernetes/manifests/manifests.ts";
import type { DataPlace, DataPlaceProps } from "#cluster/addon/data-place.ts";
import { placeOf, type Place, type Tied } from "#cluster/addon/volume.ts";
import { logging } from "#roles/logging/index.ts";
import { hosts, taskCalled, tasksOf } from "../tasks-of.ts";

const inventory = { masters: { hosts: hosts("master-1") }, nodes: { hosts: hosts("node-1", "node-2") } };
const tasks = (...extraVars: string[]) => tasksOf(logging, { inventory, host: "localhost", extraVars });
const propsOf = (name: string, ...extraVars: string[]) => taskCalled(tasks(...extraVars), name).props as ManifestsProps;
const placed = (...extraVars: string[]): DataPlaceProps =>
  taskCalled(tasks(...extraVars), "Find the place of the logs").props as DataPlaceProps;
/** The objects for logs at a place; the usual one if it is left out. */
const at = (place: Place | undefined, ...extraVars: string[]): readonly Manifest[] => {
  const objects = propsOf("Apply its objects", ...extraVars).objects as unknown as Output<readonly Manifest[]>;
  return objects.read({ place: place ?? placed(...extraVars).usual } satisfies DataPlace);
};
const all = (kind: string, ...extraVars: string[]): readonly Manifest[] =>
  at(undefined, ...extraVars).filter((one) => one.kind === kind);
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

  const place = (...extraVars: string[]) => placeOf((find("StatefulSet", ...extraVars).spec as Pod).template.spec);

  it("stores new logs in a claim, or in a folder if a variable names one or there is no storage", () => {
    expect(place()).to.deep.equal({ claim: "victoria-logs" });
    expect(place("logging_node=node-2")).to.deep.equal({ claim: "victoria-logs", node: "node-2" });
    expect(place("logging_node=node-2", "logging_path=/logs")).to.deep.equal({ node: "node-2", path: "/logs" });
    const usual = { node: "node-1", path: "/var/lib/kubeplay-logs" };
    expect(place("storage_state=absent")).to.deep.equal(usual);
    expect(place("storage_state=absent", "addon_storage_class=fast")).to.deep.equal({ claim: "victoria-logs" });
    expect(() => place("logging_path=/logs", "logging_node=node-9")).to.throw(/logging_node is "node-9", which is not/);
  });

  it("lets no master that is kept free store logs, unless a variable names it", () => {
    const tolerated = (...extraVars: string[]) =>
      (find("StatefulSet", ...extraVars).spec as Pod).template.spec.tolerations;
    expect(tolerated()).to.equal(undefined);
    expect(tolerated("logging_node=master-1")).to.have.length(1);
    expect(tolerated("storage_state=absent")).to.have.length(1);
  });

  it("leaves logs in the folder in which an earlier version has put them", () => {
    const folder = { node: "node-1", path: "/var/lib/kubeplay-logs" };
    const server = at(folder).find(({ kind }) => kind === "StatefulSet")!;
    expect(placeOf((server.spec as Pod).template.spec)).to.deep.equal(folder);
    const claim = taskCalled(tasks(), "Claim its volume");
    expect(claim.conditions.map((one) => typeof one !== "boolean" && one.read({ place: folder }))).to.deep.equal([
      false,
    ]);
  });

  it("makes a claim of its own, that an absent addon leaves alone, with the size of the variable or its own", () => {
    const { manifest } = taskCalled(tasks("logging_size=5Gi", "addon_storage_class=fast"), "Claim its volume")
      .props as unknown as { manifest: Output<Manifest> };
    const size = (found: object) => manifest.read({ place: { claim: "victoria-logs" }, ...found });
    expect(size({})).to.deep.equal({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "victoria-logs", namespace: "logging" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "fast",
        resources: { requests: { storage: "5Gi" } },
      },
    });
    expect(size({ size: "10Gi" })).to.have.nested.property("spec.resources.requests.storage", "10Gi");
  });

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
