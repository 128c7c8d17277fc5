import { expect } from "chai";
import { proxyConfiguration, type ProxyOptions } from "#roles/kube-proxy/configuration.ts";
import { kubeProxy } from "#roles/kube-proxy/index.ts";
import { taskCalled, tasksOf } from "../tasks-of.ts";

const options: ProxyOptions = {
  mode: "ipvs",
  nodeName: "node-1",
  podCidr: "10.244.0.0/16",
  kubeconfig: "/kube-proxy.kubeconfig",
  maxPerCore: 32768,
  scheduler: "rr",
  strictArp: true,
};
const made = (change: Partial<ProxyOptions> = {}) => proxyConfiguration({ ...options, ...change });

describe("kube-proxy's configuration", () => {
  it("has the node's name and the pods' network", () =>
    expect(made()).to.deep.include({
      apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
      kind: "KubeProxyConfiguration",
      mode: "ipvs",
      hostnameOverride: "node-1",
      clusterCIDR: "10.244.0.0/16",
      clientConnection: { kubeconfig: "/kube-proxy.kubeconfig" },
    }));

  it("has settings of ipvs in that mode only", () => {
    expect(made()).to.have.deep.property("ipvs", { scheduler: "rr", strictARP: true });
    for (const mode of ["nftables", "iptables"] as const) expect(made({ mode })).not.to.have.property("ipvs");
  });

  it("limits tracked connections, or leaves the kernel's settings alone", () => {
    expect(made()).to.have.deep.property("conntrack", { maxPerCore: 32768 });
    expect(made({ maxPerCore: 0 })).to.have.deep.property("conntrack", {
      maxPerCore: 0,
      min: 0,
      tcpEstablishedTimeout: "0s",
      tcpCloseWaitTimeout: "0s",
    });
  });
});

describe("the role kube-proxy", () => {
  const tasks = (mode: string, ...extraVars: string[]) =>
    tasksOf(kubeProxy, {
      inventory: { nodes: { hosts: { "node-1": { ansible_host: "10.0.0.21", kube_proxy_mode: mode } } } },
      host: "node-1",
      extraVars,
    });
  const configuration = (...of: Parameters<typeof tasks>): unknown =>
    JSON.parse((taskCalled(tasks(...of), "Write its configuration").props as { content: string }).content);
  const loaded = (all: ReturnType<typeof tasks>): string[] =>
    all.flatMap(({ name }) => /^Load (.*)/.exec(name)?.[1] ?? []);

  it("serves its metrics, which have no login, to its own host only", () =>
    expect(configuration("ipvs")).to.have.property("metricsBindAddress", "127.0.0.1:10249"));

  for (const [mode, tools, modules] of [
    ["ipvs", ["ipset", "iptables", "ipvsadm", "conntrack"], ["ip_vs", "ip_vs_rr", "nf_conntrack"]],
    ["nftables", ["nftables", "conntrack", "netbase"], []],
    ["iptables", ["iptables", "ipset", "conntrack"], []],
  ] as const)
    it(`installs the tools and loads the kernel modules of the mode ${mode}`, () => {
      const all = tasks(mode);
      expect(taskCalled(all, `Install the tools of the mode ${mode}`).props).to.have.deep.property("names", tools);
      expect(loaded(all)).to.deep.equal(modules);
      expect(configuration(mode)).to.include({ mode, hostnameOverride: "node-1" });
    });

  it("configures another IPVS scheduler and loads its kernel module", () => {
    const least = "kube_proxy_ipvs_scheduler=lc";
    expect(configuration("ipvs", least)).to.have.nested.property("ipvs.scheduler", "lc");
    expect(loaded(tasks("ipvs", least)))
      .to.include("ip_vs_lc")
      .and.not.to.include("ip_vs_rr");
  });
});
