import path from "node:path/posix";
import { quote, wait, type RoleContext, type Task } from "kubeplay";
import { apiserverReady } from "#cluster/apiserver-ready.ts";
import { programIn } from "#cluster/staging.ts";
import type { Upgradable } from "#cluster/upgrade/kept.ts";
import type { Service, ServiceVariables } from "#cluster/upgrade/upgraded.ts";
import { endpoint } from "#cluster/urls.ts";

type Context = RoleContext<ServiceVariables>;

const unitFile = (unit: string): string => `/etc/systemd/system/${unit}.service`;
const inKubernetes = (name: string): string => path.join("/etc/kubernetes", name);

const programs = ({ vars, facts }: Context, version: string, names: readonly [string, ...string[]]) => {
  const [first, ...rest] = names.map((name) =>
    programIn(name, { version, architecture: facts.architecture, binDir: vars.bin_dir }),
  );
  if (!first) throw new Error("expected the name of a program");
  return [first, ...rest] as const;
};

const ofKubernetes =
  (unit: string, files: readonly string[]) =>
  (context: Context): Upgradable => ({
    unit,
    programs: programs(context, context.vars.kubernetes_version, [unit]),
    files: [unitFile(unit), ...files],
  });

/** A later minor version writes its own into the data, once all members have it. An earlier one refuses such data. */
const storageIsNewer = (addresses: readonly string[], port: number): string => `now=
for url in ${addresses.map((address) => quote(`http://${endpoint(address, port)}/metrics`)).join(" ")}; do
  [ -n "$now" ] || now=$(curl -fsS --max-time 5 --noproxy '*' "$url" 2>/dev/null | sed -n 's/^etcd_cluster_version{cluster_version="\\([0-9]*\\.[0-9]*\\).*} 1$/\\1/p' | head -n 1)
done
[ -n "$now" ] && [ "$now" != "\${from%.*}" ]`;

export const etcdService: Service = {
  of: (context) => ({
    unit: "etcd",
    programs: programs(context, context.vars.etcd_version, ["etcd", "etcdctl", "etcdutl"]),
    files: [unitFile("etcd"), "/etc/etcd/etcd.yaml"],
    barred: {
      condition: storageIsNewer(
        context.inventory.group("masters").map(({ address }) => address),
        context.vars.etcd_metrics_port,
      ),
      why: "all members had it, so that etcd's data is of its minor version, which an earlier one does not read; API servers of the minor version before work with it",
    },
  }),
};

export const apiserverService: Service = {
  of: ofKubernetes("kube-apiserver", [inKubernetes("audit-policy.yaml"), inKubernetes("admission.json")]),
  before: ({ vars, host, inventory }): readonly Task[] => {
    const others = inventory.group("masters").filter(({ name }) => name !== host.name);
    return others.length === 0
      ? []
      : [
          wait("Wait until all other API servers are ready", {
            what: "all other kube-apiservers are ready",
            until: others.map(({ address }) => apiserverReady(address, vars.kube_apiserver_port)).join(" && "),
            timeout: vars.kube_api_patience,
          }),
        ];
  },
};

export const controllerManagerService: Service = {
  of: ofKubernetes("kube-controller-manager", []),
};
export const schedulerService: Service = {
  of: ofKubernetes("kube-scheduler", [inKubernetes("scheduler.yaml")]),
};

const containerd = (context: Context): Upgradable => ({
  unit: "containerd",
  programs: [
    ...programs(context, context.vars.containerd_version, ["containerd", "containerd-shim-runc-v2", "ctr"]),
    ...programs(context, context.vars.runc_version, ["runc"]),
  ],
  files: [unitFile("containerd"), "/etc/containerd/config.toml"],
});
const kubelet = ofKubernetes("kubelet", [inKubernetes("kubelet.json"), inKubernetes("kubelet.kubeconfig")]);

/** If a later one fails, those before it on the same host are put back too. */
export const containerdService: Service = { of: containerd, ofNode: { earlier: () => [] } };
export const kubeletService: Service = {
  of: kubelet,
  ofNode: { earlier: (context) => [containerd(context)] },
};
export const kubeProxyService: Service = {
  of: ofKubernetes("kube-proxy", [inKubernetes("kube-proxy.json")]),
  ofNode: { earlier: (context) => [kubelet(context), containerd(context)] },
};

/** All services of a host that an upgrade changes. On a node without a control plane, those are not there. */
export const allServices = (context: Context): readonly [Upgradable, ...Upgradable[]] => [
  etcdService.of(context),
  ...[apiserverService, controllerManagerService, schedulerService].map(({ of }) => of(context)),
  ...[containerdService, kubeletService, kubeProxyService].map(({ of }) => of(context)),
];
