import { expect } from "chai";
import { apiServers } from "#programs/doctor/checks/api-servers.ts";
import { apiServices } from "#programs/doctor/checks/api-services.ts";
import { csrs } from "#programs/doctor/checks/csrs.ts";
import { deprecated } from "#programs/doctor/checks/deprecated.ts";
import { joining } from "#programs/doctor/checks/joining.ts";
import { leases } from "#programs/doctor/checks/leases.ts";
import { nodes } from "#programs/doctor/checks/nodes.ts";
import { pods } from "#programs/doctor/checks/pods.ts";
import { versions } from "#programs/doctor/checks/versions.ts";
import { ago, find, printedFindings } from "../seen.ts";

const items = (...all: object[]) => ({ items: all });
const conditions = (all: Readonly<Record<string, string>>, more: object = {}) =>
  Object.entries(all).map(([type, status]) => ({ type, status, ...more }));

describe("the doctor's checks of the API", () => {
  it("name API servers that do not answer or are not ready, with the part that fails", () => {
    const servers = [
      { status: 0, text: "connect ECONNREFUSED" },
      { status: 500, text: "[+]ping ok\n[-]etcd failed: x\n" },
      {},
    ];
    const found = find(apiServers, { servers });
    expect(found.map(({ problem, cause }) => `${problem}: ${cause ?? ""}`)).to.deep.equal([
      "kube-apiserver does not answer: connect ECONNREFUSED",
      "kube-apiserver is not ready: etcd failed: x",
    ]);
  });

  it("name who may join past kubeplay's approver", () => {
    const path = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
    const binding = (name: string, role: string) => ({
      metadata: { name },
      roleRef: { kind: "ClusterRole", name: role },
      subjects: [{ kind: "Group", name: "system:bootstrappers" }],
    });
    const client = "system:certificates.k8s.io:certificatesigningrequests:nodeclient";
    const api = {
      [path]: items(binding("kubeadm:join", client), binding("kubelet-bootstrap", "system:node-bootstrapper")),
    };
    expect(printedFindings(find(joining, { api }))).to.deep.equal([
      `warning ClusterRoleBinding kubeadm:join: it gives ${client} to Group system:bootstrappers: kube-controller-manager approves their requests, whatever the inventory has`,
    ]);
    expect(find(joining, { api, vars: { kubelet_csr_approval: "kubernetes" } })).to.deep.equal([]);
  });

  describe("of nodes", () => {
    const path = "/api/v1/nodes";
    const node = (name: string, status: Readonly<Record<string, string>>, spec: object = {}) => ({
      metadata: { name },
      spec,
      status: { conditions: conditions(status, { reason: "Why", message: "said" }) },
    });

    it("name those that are not Ready, lack something, are cordoned, or that only one side has", () => {
      const sick = node("cp-1", { Ready: "Unknown", DiskPressure: "True", MemoryPressure: "False" });
      const away = node("old-1", { Ready: "True" }, { unschedulable: true });
      expect(printedFindings(find(nodes, { api: { [path]: items(sick, away) } }))).to.deep.equal([
        "error w-1: it is in the inventory, but it is no node of the cluster",
        "warning node old-1: the inventory does not have it: pods run there, but nothing updates it",
        "error node cp-1: it is not Ready (Why)",
        "error node cp-1: it has DiskPressure",
        "note node old-1: it is cordoned: it takes no new pods",
      ]);
    });

    it("name none as missing if the API gave no list", () => {
      expect(find(nodes, {})).to.deep.equal([]);
    });
  });

  describe("of pods", () => {
    const pod = (status: object, created = ago(3600), more: object = {}) => ({
      metadata: { namespace: "default", name: "p", creationTimestamp: created, ...more },
      status: { phase: "Running", ...status },
    });
    const found = (...all: object[]) => find(pods, { api: { "/api/v1/pods": items(...all) } });

    it("name no pod that runs, has done its work, or is new", () => {
      const ready = { conditions: conditions({ Ready: "True" }) };
      const starting = { phase: "Pending", conditions: conditions({ Ready: "False" }) };
      expect(found(pod(ready), pod({ phase: "Succeeded" }), pod(starting, ago(200)))).to.deep.equal([]);
    });

    it("tell why a pod does not run", () => {
      const waiting = (reason: string, lastState: object = {}) => ({
        containerStatuses: [{ name: "c", state: { waiting: { reason, message: "said" } }, lastState }],
      });
      const ended = { terminated: { reason: "Error", exitCode: 3 } };
      const all = found(
        pod(waiting("CrashLoopBackOff", ended)),
        pod(waiting("ImagePullBackOff"), ago(1)),
        pod({
          phase: "Pending",
          conditions: conditions({ PodScheduled: "False" }, { reason: "Unschedulable", message: "0/2" }),
        }),
        pod({ phase: "Failed", reason: "Evicted", message: "low on memory" }),
        pod({ conditions: conditions({ Ready: "False" }, { message: "probe" }) }),
        pod({}, ago(9000), { deletionTimestamp: ago(301) }),
      );
      expect(all.map(({ problem, cause }) => [problem, cause])).to.deep.equal([
        ["its container c waits: CrashLoopBackOff", "said; it last ended with Error, exit code 3"],
        ["its container c waits: ImagePullBackOff", "said"],
        ["no node takes it (Unschedulable)", "0/2"],
        ["it has failed (Evicted)", "low on memory"],
        ["it is not ready (Running)", "probe"],
        ["it does not end", `it was deleted at ${ago(301)}; its node may be gone`],
      ]);
      expect(all[0]!.remedy).to.contain("-n default describe pod p");
    });
  });

  it("name certificate signing requests that wait or were denied", () => {
    const csr = (name: string, seconds: number, status: object) => ({
      metadata: { name, creationTimestamp: ago(seconds) },
      spec: { username: "u" },
      status,
    });
    const path = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    const approved = { conditions: conditions({ Approved: "True" }) };
    const all = items(
      csr("done", 5000, { ...approved, certificate: "x" }),
      csr("new", 60, {}),
      csr("waits", 1000, {}),
      csr("unsigned", 1000, approved),
      csr("denied", 60, { conditions: conditions({ Denied: "True" }, { message: "no" }) }),
    );
    expect(printedFindings(find(csrs, { api: { [path]: all } }))).to.deep.equal([
      "warning CSR waits of u: nobody approves it",
      "warning CSR unsigned of u: it is approved, but nobody signs it",
      "warning CSR denied of u: it was denied or has failed",
    ]);
  });

  it("name extensions of the API that are not available", () => {
    const service = (status: string) => ({
      metadata: { name: "v1beta1.metrics.k8s.io" },
      status: { conditions: conditions({ Available: status }, { reason: "MissingEndpoints", message: "none" }) },
    });
    const api = { "/apis/apiregistration.k8s.io/v1/apiservices": items(service("True"), service("False")) };
    expect(printedFindings(find(apiServices, { api }))).to.deep.equal([
      "error API v1beta1.metrics.k8s.io: it is not available (MissingEndpoints): deletions of namespaces hang meanwhile",
    ]);
  });

  it("name controllers of which none leads", () => {
    const lease = (name: string, seconds: number, holderIdentity = "cp-1_x") => ({
      metadata: { name },
      spec: { holderIdentity, leaseDurationSeconds: 15, renewTime: ago(seconds) },
    });
    const path = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
    const found = (...all: object[]) => find(leases, { api: { [path]: items(...all) } });
    expect(found(lease("kube-controller-manager", 30), lease("kube-scheduler", 1))).to.deep.equal([]);
    const causes = found(lease("kube-controller-manager", 31), lease("kube-scheduler", 3, "")).map(
      ({ cause }) => cause,
    );
    expect(causes).to.deep.equal(["cp-1_x renewed it 31 s ago", "its holder gave it up 3 s ago"]);
    expect(found()[0]?.cause).to.equal("there is no lease");
  });

  it("name versions too far apart, and tell of those that differ from the inventory's", () => {
    const node = (name: string, kubelet: string) => ({
      metadata: { name },
      status: { nodeInfo: { kubeletVersion: kubelet, containerRuntimeVersion: "containerd://2.4.2" } },
    });
    const vars = { kubernetes_version: "1.37.2", containerd_version: "2.4.2" };
    const found = (kubelet: string, server = "v1.37.2") =>
      printedFindings(
        find(versions, {
          vars,
          servers: [{ version: "v1.37.2" }, { version: server }],
          api: { "/api/v1/nodes": items(node("w-1", kubelet)) },
        }),
      );
    expect(found("v1.37.2")).to.deep.equal([]);
    expect(found("v1.34.0")).to.deep.equal([
      "note the kubelet of w-1: it runs 1.34.0, and kubernetes_version is 1.37.2",
    ]);
    expect(found("v1.33.9")[0]).to.contain(
      "error node w-1: its kubelet is v1.33.9, more than three minor versions older",
    );
    expect(found("v1.38.0")[0]).to.contain("newer than an API server");
    expect(found("v1.37.2", "v1.35.0")[0]).to.contain("more than one minor version apart");
  });

  it("tell of what Kubernetes has deprecated", () => {
    const metrics = [
      'apiserver_requested_deprecated_apis{group="",removed_release="",resource="endpoints",subresource="",version="v1"} 1',
      'apiserver_requested_deprecated_apis{group="policy",removed_release="1.40",resource="x",subresource="",version="v1beta1"} 1',
      'apiserver_requested_deprecated_apis{group="policy",removed_release="1.40",resource="y",subresource="",version="v1beta1"} 0',
    ].join("\n");
    const found = find(deprecated, {
      vars: { kube_proxy_mode: "ipvs" },
      facts: { cgroup: 1 },
      answers: { "w-1": {} },
      api: { "/metrics": metrics },
    });
    expect(found.map(({ subject }) => subject)).to.deep.equal([
      "kube-proxy",
      "w-1",
      "API endpoints of v1",
      "API x of policy/v1beta1",
    ]);
    expect(found[3]?.problem).to.contain("release 1.40 removes it");
    expect(new Set(found.map(({ severity }) => severity))).to.deep.equal(new Set(["note"]));
  });
});
