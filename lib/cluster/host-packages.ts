import type { Host, Inventory } from "kubeplay";
import type { Cni } from "./cni.ts";
import { packagesOf, type ProxyMode } from "./packages.ts";

interface Vars {
  readonly host_packages: readonly string[];
  readonly cni: Cni;
  readonly kube_proxy_mode: ProxyMode;
  readonly kube_proxy_replacement: boolean;
}

/** The Debian packages that the role host installs: its own, and those of later roles. */
export const hostPackages = (vars: Vars, host: Host, inventory: Inventory): readonly string[] => [
  ...new Set([
    ...vars.host_packages,
    ...packagesOf(host, inventory, {
      cni: vars.cni,
      proxyMode: vars.kube_proxy_replacement ? undefined : vars.kube_proxy_mode,
    }),
  ]),
];
