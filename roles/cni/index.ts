import { cniBridge } from "#roles/cni-bridge/index.ts";
import { ciliumPlugins, cniCilium } from "#roles/cni-cilium/index.ts";

/**
 * The ways to give pods their network, of which `cni` chooses one; each does nothing where it is not the one. Another way is
 * a folder beside these with a role for its hosts, one for its objects, or both; a line here; and its file's name in
 * lib/cluster/cni.ts.
 */
export const networksOnHosts = [cniBridge, ciliumPlugins];
export const networksInCluster = [cniCilium];
