import { expect } from "chai";
import type { ManifestsProps } from "#kubernetes/manifests/manifests.ts";
import { coredns } from "#roles/coredns/index.ts";
import { kubelet } from "#roles/kubelet/index.ts";
import { taskCalled, tasksOf } from "../tasks-of.ts";

const inventory = { masters: { hosts: { "master-1": { ansible_host: "10.0.0.11" } } } };
type Props = Readonly<Record<string, unknown>>;

const applied = (kind: string, ...extraVars: string[]): Props => {
  const tasks = tasksOf(coredns, { inventory, host: "localhost", extraVars });
  const { objects = [] } = taskCalled(tasks, "Apply its objects").props as ManifestsProps;
  const found = objects.find((one) => one.kind === kind);
  if (!found) throw new Error(`no ${kind}`);
  return found;
};

describe("the cluster's DNS", () => {
  const corefile = (...extraVars: string[]): string =>
    (applied("ConfigMap", ...extraVars).data as { Corefile: string }).Corefile;

  it("answers for the cluster's domain from the API, and for all other domains from the node's name servers", () => {
    expect(corefile()).to.match(/\n {4}kubernetes cluster\.local in-addr\.arpa ip6\.arpa \{\n/);
    expect(corefile("cluster_domain=k8s.example")).to.contain("kubernetes k8s.example in-addr.arpa");
    expect(corefile()).to.contain("forward . /etc/resolv.conf").and.contain("\n    loop\n");
  });

  it("has the address that kubelets give to pods, for every service_cidr", () => {
    for (const cidr of ["10.96.0.0/16", "172.20.0.0/20"]) {
      const kubelets = tasksOf(kubelet, { inventory, host: "master-1", extraVars: [`service_cidr=${cidr}`] });
      const { content } = taskCalled(kubelets, "Write its configuration").props as { content: string };
      const { clusterDNS } = JSON.parse(content) as { clusterDNS: readonly string[] };
      expect(applied("Service", `service_cidr=${cidr}`)).to.have.nested.property("spec.clusterIP", clusterDNS[0]);
    }
    expect(applied("Service")).to.have.nested.property("metadata.name", "kube-dns");
  });

  it("has pods that its Service and its disruption budget select", () => {
    const labels = { "k8s-app": "kube-dns" };
    expect(applied("Deployment")).to.have.deep.nested.property("spec.selector.matchLabels", labels);
    expect(applied("Deployment")).to.have.deep.nested.property("spec.template.metadata.labels", labels);
    expect(applied("Service")).to.have.deep.nested.property("spec.selector", labels);
    expect(applied("PodDisruptionBudget")).to.have.deep.property("spec", {
      maxUnavailable: 1,
      selector: { matchLabels: labels },
    });
  });

  it("does not run as root, and can change nothing in its container", () => {
    const { template } = applied("Deployment").spec as { template: { spec: Props } };
    expect(template.spec).to.have.deep.nested.property("securityContext.runAsNonRoot", true);
    expect(template.spec).to.have.deep.nested.property("containers[0].securityContext", {
      allowPrivilegeEscalation: false,
      capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    });
  });

  it("may only read the objects that it answers for", () => {
    const { rules } = applied("ClusterRole") as { rules: readonly { resources: string[]; verbs: string[] }[] };
    expect(rules.flatMap(({ resources }) => resources)).to.have.members([
      "services",
      "pods",
      "namespaces",
      "endpointslices",
    ]);
    for (const { verbs } of rules) expect(verbs).to.deep.equal(["list", "watch"]);
    expect(applied("ClusterRoleBinding")).to.deep.include({
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:coredns" },
      subjects: [{ kind: "ServiceAccount", name: "coredns", namespace: "kube-system" }],
    });
    expect(applied("Deployment")).to.have.nested.property("spec.template.spec.serviceAccountName", "coredns");
  });
});

describe("the pods of the cluster's DNS", () => {
  const pod = (...extraVars: string[]): Props =>
    (applied("Deployment", ...extraVars).spec as { template: { spec: Props } }).template.spec;
  const container = (...extraVars: string[]): Props => (pod(...extraVars).containers as readonly [Props])[0];

  it("have the configured number and image", () => {
    expect(applied("Deployment", "coredns_replicas=3")).to.have.nested.property("spec.replicas", 3);
    expect(container("coredns_image=mirror/coredns", "coredns_version=1.2.3").image).to.equal("mirror/coredns:v1.2.3");
  });

  it("are more if there are more nodes", () => {
    const nodes = Object.fromEntries(
      [1, 2, 3, 4].map((n) => [`node-${String(n)}`, { ansible_host: `10.0.0.2${String(n)}` }]),
    );
    const larger = { ...inventory, nodes: { hosts: nodes } };
    const replicas = (perReplica: number): unknown => {
      const extraVars = [`coredns_nodes_per_replica=${String(perReplica)}`];
      const tasks = tasksOf(coredns, { inventory: larger, host: "localhost", extraVars });
      const { objects = [] } = taskCalled(tasks, "Apply its objects").props as ManifestsProps;
      return (objects.find(({ kind }) => kind === "Deployment")?.spec as { replicas: number }).replicas;
    };
    expect([16, 2, 1].map(replicas)).to.deep.equal([2, 3, 5]);
  });

  it("also run on masters, and have a critical priority", () => {
    expect(pod().tolerations).to.deep.include({ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" });
    expect(pod().priorityClassName).to.equal("system-cluster-critical");
  });

  it("wait for a second node before two of them run, if there is to be one", () => {
    const constraint = (nodes: object): Props => {
      const tasks = tasksOf(coredns, { inventory: { ...inventory, ...nodes }, host: "localhost" });
      const { objects = [] } = taskCalled(tasks, "Apply its objects").props as ManifestsProps;
      const { spec } = objects.find(({ kind }) => kind === "Deployment") as unknown as {
        spec: { template: { spec: { topologySpreadConstraints: readonly [Props] } } };
      };
      return spec.template.spec.topologySpreadConstraints[0];
    };
    const several = constraint({ nodes: { hosts: { "node-1": { ansible_host: "10.0.0.21" } } } });
    expect(several).to.include({
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: "DoNotSchedule",
      maxSkew: 1,
    });
    expect(several).to.deep.include({ minDomains: 2, labelSelector: { matchLabels: { "k8s-app": "kube-dns" } } });
    expect(constraint({})).not.to.have.property("minDomains");
  });

  it("are made again soon if their node is lost", () => {
    for (const state of ["not-ready", "unreachable"])
      expect(pod().tolerations).to.deep.include({
        ...{ key: `node.kubernetes.io/${state}`, operator: "Exists", effect: "NoExecute", tolerationSeconds: 30 },
      });
  });

  it("use the node's name servers and not themselves", () => expect(pod().dnsPolicy).to.equal("Default"));

  it("have no capability except to bind port 53", () =>
    expect(container().securityContext).to.deep.equal({
      allowPrivilegeEscalation: false,
      capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    }));

  it("are replaced for another Corefile only", () => {
    const stamp = (...extraVars: string[]): unknown =>
      (applied("Deployment", ...extraVars).spec as { template: { metadata: { annotations: unknown } } }).template
        .metadata.annotations;
    expect(stamp("cluster_domain=k8s.example")).not.to.deep.equal(stamp());
    expect(stamp("coredns_replicas=3")).to.deep.equal(stamp());
  });
});
