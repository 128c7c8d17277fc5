import { cniBridge } from "#roles/cni-bridge/index.ts";
import { ciliumPlugins, cniCilium } from "#roles/cni-cilium/index.ts";

/**
 * The pods' network plugins. `cni` selects one; the roles of the others do nothing. To add a plugin, create a folder
 * with a role for its hosts, one for its objects, or both. Then add it here, and its file's name to lib/cluster/cni.ts.
 */
export const networksOnHosts = [cniBridge, ciliumPlugins];
export const networksInCluster = [cniCilium];
