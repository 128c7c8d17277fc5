import { expect } from "chai";
import { controllerManagerFlags } from "#roles/kube-controller-manager/flags.ts";
import { kubeControllerManager } from "#roles/kube-controller-manager/index.ts";
import { taskCalled, tasksOf } from "../tasks-of.ts";

const settings = {
  clusterName: "lab",
  bindAddress: "127.0.0.1",
  port: 10252,
  serviceCidr: "10.96.0.0/16",
  signingDuration: "8760h",
  endedPods: 1000,
  kubeconfig: "/cm.kubeconfig",
  pki: "/pki",
};
const flags = controllerManagerFlags(settings);

describe("kube-controller-manager's flags", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ["give each controller its own account and rights", { "use-service-account-credentials": "true" }],
    ["elect one leader among the masters", { "leader-elect": "true" }],
    ["keep no more ended pods than are wanted", { "terminated-pod-gc-threshold": "1000" }],
    [
      "sign kubelets' certificates with a CA of their own, the only one whose key is on masters",
      {
        "cluster-signing-cert-file": "/pki/kubernetes-signing-ca.crt",
        "cluster-signing-key-file": "/pki/kubernetes-signing-ca.key",
        "cluster-signing-duration": "8760h",
      },
    ],
    [
      "give pods tokens signed with the service accounts' key, and a CA bundle that includes the kubelets' CA",
      {
        "service-account-private-key-file": "/pki/kube-controller-manager-tokens.key",
        "root-ca-file": "/pki/ca-bundle.crt",
      },
    ],
    [
      "answer over TLS only, to users of the API",
      {
        "secure-port": "10252",
        "tls-cert-file": "/pki/kube-controller-manager.crt",
        "tls-private-key-file": "/pki/kube-controller-manager.key",
        "tls-min-version": "VersionTLS12",
        "client-ca-file": "/pki/ca-bundle.crt",
        "authentication-kubeconfig": "/cm.kubeconfig",
        "authorization-kubeconfig": "/cm.kubeconfig",
        "requestheader-client-ca-file": "/pki/front-proxy-ca.crt",
      },
    ],
    [
      "have the cluster's name, Service network and kubeconfig",
      { "cluster-name": "lab", "service-cluster-ip-range": "10.96.0.0/16", kubeconfig: "/cm.kubeconfig" },
    ],
    ["leave the pod network to its plugin", { "allocate-node-cidrs": "false" }],
    ["disable profiling", { profiling: "false" }],
  ];
  for (const [what, expected] of cases) it(what, () => expect(flags).to.include(expected));

  it("show its metrics without a login only while no other host reaches it", () => {
    expect(flags).to.include({
      "bind-address": "127.0.0.1",
      "authorization-always-allow-paths": "/healthz,/readyz,/livez,/metrics,/metrics/slis",
    });
    expect(controllerManagerFlags({ ...settings, bindAddress: "0.0.0.0" }))
      .to.include({ "bind-address": "0.0.0.0" })
      .and.not.to.have.property("authorization-always-allow-paths");
  });

  it("run all controllers, including those for bootstrap tokens", () => {
    expect(flags.controllers?.split(",")).to.have.members(["*", "bootstrapsigner", "tokencleaner"]);
  });

  it("are extended or replaced by kube_controller_manager_extra_flags", () => {
    const inventory = { masters: { hosts: { "master-1": { ansible_host: "10.0.0.11" } } } };
    const extraVars = ['{"kube_controller_manager_extra_flags": {"profiling": "true", "v": "4"}}'];
    const unit = taskCalled(
      tasksOf(kubeControllerManager, { inventory, host: "master-1", extraVars }),
      "Write its unit",
    );
    expect(unit.props)
      .to.have.nested.property("values.arguments")
      .that.includes.members(["--profiling=true", "--v=4", "--use-service-account-credentials=true"])
      .and.not.includes("--profiling=false");
  });
});
