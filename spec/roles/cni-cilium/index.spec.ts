import { expect } from "chai";
import { cniBridge } from "#roles/cni-bridge/index.ts";
import { ciliumPlugins, cniCilium } from "#roles/cni-cilium/index.ts";
import { kubeProxy, kubeProxyAbsent } from "#roles/kube-proxy/index.ts";
import { taskCalled, tasksOf } from "../tasks-of.ts";

const inventory = {
  masters: { hosts: { "m-1": { ansible_host: "10.0.0.11" } } },
  nodes: { hosts: { "n-1": { ansible_host: "10.0.0.21" } } },
};
const ofCluster = (...extraVars: string[]) => tasksOf(cniCilium, { inventory, host: "localhost", extraVars });
const values = (...extraVars: string[]) =>
  (taskCalled(ofCluster("cni=cilium", ...extraVars), "Render its chart").props as { values: object }).values;

describe("Cilium", () => {
  it("is installed if cni selects it, and the plain plugins are not", () => {
    const plain = (...extraVars: string[]) => tasksOf(cniBridge, { inventory, host: "n-1", extraVars });
    expect([ofCluster("cni=bridge").length, plain("cni=cilium").length]).to.deep.equal([0, 0]);
    expect(ofCluster("cni=cilium").map(({ name }) => name)).to.deep.equal(["Render its chart", "Apply its objects"]);
    expect(plain("cni=bridge")).not.to.be.empty;
  });

  it("gives pods addresses of pod_cidr, and reaches the API through the host's own proxy", () => {
    const chosen = values("pod_cidr=10.9.0.0/16", "pod_subnet_prefix=25", "kube_nginx_port=9443");
    expect(chosen).to.deep.include({
      k8sServiceHost: "127.0.0.1",
      k8sServicePort: 9443,
      ipam: {
        mode: "cluster-pool",
        operator: { clusterPoolIPv4PodCIDRList: ["10.9.0.0/16"], clusterPoolIPv4MaskSize: 25 },
      },
    });
  });

  it("leaves host ports to a plain plugin, unless it replaces kube-proxy", () => {
    const plugins = (...extraVars: string[]) =>
      tasksOf(ciliumPlugins, { inventory, host: "n-1", extraVars }).map(({ name }) => name);
    expect(values()).to.deep.include({ cni: { chainingMode: "portmap" } });
    expect(plugins()).to.include("Install the plugin portmap");
    expect(values("kube_proxy_replacement=true")).to.deep.include({ cni: { chainingMode: "none" } });
    expect(plugins("kube_proxy_replacement=true")).to.be.empty;
    expect(plugins("cni=bridge")).to.be.empty;
  });

  it("replaces kube-proxy if kube_proxy_replacement is set, and removes it", () => {
    const proxy = (...extraVars: string[]) => tasksOf(kubeProxy, { inventory, host: "n-1", extraVars });
    expect(values()).to.include({ kubeProxyReplacement: "false" });
    expect(proxy()).not.to.be.empty;
    expect(values("kube_proxy_replacement=true")).to.include({ kubeProxyReplacement: "true" });
    expect(proxy("kube_proxy_replacement=true")).to.be.empty;
    const gone = (...extraVars: string[]) =>
      tasksOf(kubeProxyAbsent, { inventory, host: "n-1", extraVars }).map(({ props }) => props);
    expect(gone()).to.be.empty;
    expect(gone("kube_proxy_replacement=true")).to.deep.equal([
      { name: "kube-proxy", enabled: false, state: "stopped" },
      { name: "kube-proxy.service", state: "absent" },
      { dest: "/etc/kubernetes/kube-proxy.json", state: "absent" },
      { dest: "/etc/kubernetes/kube-proxy.kubeconfig", state: "absent" },
    ]);
  });

  it("serves metrics, which are visible to everybody, only with kube-prometheus", () => {
    const shown = (...extraVars: string[]) => {
      const { prometheus, operator } = values(...extraVars) as Record<"prometheus" | "operator", object>;
      return [prometheus, (operator as { prometheus: object }).prometheus];
    };
    expect(shown()).to.deep.equal([{ enabled: true }, { enabled: true }]);
    expect(values()).not.to.have.property("extraConfig");
    expect(shown("kube_prometheus_state=absent")).to.deep.equal([{ enabled: false }, { enabled: false }]);
    expect(values("kube_prometheus_state=absent")).to.deep.include({
      extraConfig: { "operator-prometheus-serve-addr": "" },
    });
  });

  it("takes further values of its chart, which extend or replace its own", () => {
    const more = {
      bpf: { monitorInterval: "30s" },
      hubble: { enabled: false },
      extraConfig: { "status-collector-interval": "30s" },
    };
    const chosen = values(JSON.stringify({ cilium_extra_values: more, kube_prometheus_state: "absent" }));
    expect(chosen).to.deep.include({
      bpf: { mapDynamicSizeRatio: 0.0025, monitorInterval: "30s" },
      extraConfig: { "operator-prometheus-serve-addr": "", "status-collector-interval": "30s" },
    });
    expect(chosen).to.have.nested.property("hubble.enabled", false);
    expect(chosen).to.have.nested.property("hubble.relay.enabled", false);
  });

  it("does not serve flows on the network", () => {
    expect(values()).to.deep.include({
      hubble: { enabled: true, listenAddress: null, relay: { enabled: false }, tls: { enabled: false } },
    });
  });
});
