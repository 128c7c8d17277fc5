import type { Values } from "kubeplay";
import { bundledApt, bundledPackageVariables } from "./bundled-packages.ts";
import { proxyEnvironment, proxyVariables, type Behind } from "./proxy.ts";

export const aptVariables = { ...proxyVariables, ...bundledPackageVariables };

interface Apt extends Behind {
  readonly vars: Behind["vars"] & Values<typeof bundledPackageVariables>;
}

/** The environment of apt on a host: its proxy, and the packages of a bundle if the hosts install from one. */
export const aptEnvironment = (context: Apt): Readonly<Record<string, string>> => ({
  ...proxyEnvironment(context),
  ...bundledApt(context.vars.host_debian_packages),
});
