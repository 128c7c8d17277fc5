import { Type } from "typebox";
import {
  binary,
  block,
  command,
  defineRole,
  directory,
  file,
  flushHandlers,
  handler,
  kernelModule,
  packages,
  restart,
  run,
  service,
  unit,
  wait,
} from "kubeplay";
import { aptEnvironment, aptVariables } from "#cluster/apt-environment.ts";
import { copySecret } from "#cluster/copied-files.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { cniVariables } from "#cluster/cni.ts";
import { bothFamilies } from "#cluster/dual-stack.ts";
import { oneThenMore, rollingVariables, steadyFor } from "#cluster/gates.ts";
import { goVariables } from "#cluster/go-processors.ts";
import { packagesFor, type ProxyMode } from "#cluster/packages.ts";
import { kubeconfigPath } from "#cluster/paths.ts";
import { nodeVariables } from "#cluster/node-variables.ts";
import { clusterVariables, patienceVariables, programVariables } from "#cluster/variables.ts";
import { programIn } from "#cluster/staging.ts";
import { noFiles, noUnit } from "#cluster/undo/programs.ts";
import { ipvsSchedulers, proxyConfiguration, type IpvsScheduler } from "./configuration.ts";

const kubeconfig = "/etc/kubernetes/kube-proxy.kubeconfig";
const configurationFile = "/etc/kubernetes/kube-proxy.json";

/** Modules that it would load itself if it could call modprobe. */
const modulesFor = (mode: ProxyMode, scheduler: IpvsScheduler): readonly string[] =>
  mode === "ipvs" ? ["ip_vs", `ip_vs_${scheduler}`, "nf_conntrack"] : [];

/** Those of all modes. */
const allModules = [...new Set(ipvsSchedulers.flatMap((scheduler) => modulesFor("ipvs", scheduler)))];

/** Its kernel rules remain when it ends, and would lead to pods that no longer exist. */
const clear = (program: string) =>
  handler("Clear its rules", run("Clear its rules", { run: `! test -x ${program} || ${program} --cleanup` }));
/** The rules of any mode; only the program itself knows all of them. */
const clearRules = (program: string) =>
  command("Clear its rules", {
    run: `${program} --cleanup`,
    unless:
      `! [ -x ${program} ] || ! { ip link show kube-ipvs0 || nft list table ip kube-proxy || nft list table ip6 kube-proxy || ` +
      `iptables-save -t nat | grep -q '^:KUBE-SERVICES'; }`,
  });

/** Removes kube-proxy, for clusters in which something else replaces it. */
const gone = (program: string) => [
  service("Stop kube-proxy", { name: "kube-proxy", enabled: false, state: "stopped" }),
  unit("Remove its unit", { name: "kube-proxy.service", state: "absent" }).notify(clear(program)),
  file("Remove its configuration", { dest: configurationFile, state: "absent" }),
  file("Remove its kubeconfig", { dest: kubeconfig, state: "absent" }),
];

export const kubeProxy = defineRole({
  name: "kube-proxy",
  folder: import.meta.dirname,
  description: "Forwards the traffic to a Service to one of its pods, on every host.",
  vars: {
    ...programVariables,
    ...goVariables,
    ...aptVariables,
    ...rollingVariables,
    cluster_name: clusterVariables.cluster_name,
    kubernetes_version: versionVariables.kubernetes_version,
    component_patience: patienceVariables.component_patience,
    kube_proxy_mode: nodeVariables.kube_proxy_mode,
    kube_proxy_replacement: cniVariables.kube_proxy_replacement,
    kube_proxy_ipvs_scheduler: Type.Enum([...ipvsSchedulers], {
      default: "rr",
      description: "For ipvs: how the pod of a Service is chosen for a connection, see ipvsadm(8).",
    }),
    kube_proxy_strict_arp: Type.Boolean({
      default: false,
      description: "For ipvs: answer ARP for Services' addresses only where they belong, as load balancers require.",
    }),
    kube_proxy_conntrack_max_per_core: Type.Integer({
      default: 32768,
      minimum: 0,
      description: "Connections to track per core; 0 leaves the kernel's limits and timeouts as they are.",
    }),
  },
  undo: ({ vars }) => [
    ...noUnit("kube-proxy"),
    clearRules(`${vars.bin_dir}/kube-proxy`),
    ...noFiles(`${vars.bin_dir}/kube-proxy`, ...allModules.map((name) => `/etc/modules-load.d/${name}.conf`)),
  ],
  tasks: ({ vars, host, inventory, facts }) => {
    if (vars.kube_proxy_replacement) return [];
    const mode = vars.kube_proxy_mode;
    const scheduler = vars.kube_proxy_ipvs_scheduler;
    const healthy = {
      what: "kube-proxy is healthy",
      units: ["kube-proxy"],
      until: "curl -fsS --max-time 15 http://127.0.0.1:10256/healthz",
      timeout: vars.component_patience,
    };
    const again = handler(
      "Restart kube-proxy",
      restart("Restart kube-proxy", { name: "kube-proxy" }),
      wait("Wait until it is healthy and stays up", { ...healthy, steady: steadyFor }),
    );
    const configuration = proxyConfiguration({
      mode,
      nodeName: host.name,
      podCidr: bothFamilies(vars.pod_cidr, vars.pod_cidr_v6),
      kubeconfig,
      maxPerCore: vars.kube_proxy_conntrack_max_per_core,
      scheduler,
      strictArp: vars.kube_proxy_strict_arp,
    });
    const configured = block(
      "Configure and start kube-proxy",
      packages(`Install the tools of the mode ${mode}`, { names: packagesFor["kube-proxy"](mode) }).environment(
        aptEnvironment({ vars, inventory }),
      ),
      ...modulesFor(mode, scheduler).map((name) => kernelModule(`Load ${name}`, { name })),
      directory("Make the configuration's directory", { path: "/etc/kubernetes", mode: 0o755 }),
      binary(
        "Install kube-proxy",
        programIn("kube-proxy", {
          version: vars.kubernetes_version,
          architecture: facts.architecture,
          binDir: vars.bin_dir,
        }),
      ).notify(again),
      copySecret("its kubeconfig", kubeconfigPath(vars.cluster_name, "kube-proxy"), kubeconfig).notify(again),
      file("Write its configuration", {
        dest: configurationFile,
        mode: 0o600,
        content: `${JSON.stringify(configuration, undefined, 2)}\n`,
      }).notify(again),
      unit("Write its unit", {
        name: "kube-proxy.service",
        src: "kube-proxy.service.hbs",
        values: { binDir: vars.bin_dir, processors: vars.go_processors },
      }).notify(again),
      service("Start it now and at boot", { name: "kube-proxy", enabled: true, state: "started" }),
      flushHandlers(),
    ).inTurn({ unit: "kube-proxy", serial: oneThenMore(vars) });
    return [configured, wait("Wait until it is healthy", healthy)];
  },
});

export const kubeProxyAbsent = defineRole({
  name: "kube-proxy-absent",
  description: "Removes kube-proxy if something else forwards the traffic to Services.",
  vars: { bin_dir: programVariables.bin_dir, kube_proxy_replacement: cniVariables.kube_proxy_replacement },
  tasks: ({ vars }) => (vars.kube_proxy_replacement ? gone(`${vars.bin_dir}/kube-proxy`) : []),
}).tagged("kube-proxy");
