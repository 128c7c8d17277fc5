import type { Host } from "kubeplay";
import { quote } from "kubeplay";
import { endpoint } from "#cluster/urls.ts";

/** How many of the other members must be healthy, so that the cluster keeps its majority without one more. */
export function quorum(members: number): { readonly needed: number; readonly what: string } {
  // One or two members have no majority without one of them, whatever the others do.
  const needed = Math.min(Math.floor(members / 2) + 1, members - 1);
  return {
    needed,
    what: `${needed} of the ${members - 1} other members of etcd are healthy: a restart of this one would otherwise leave etcd without a majority (${Math.floor(members / 2) + 1} of ${members}), and the cluster without its API`,
  };
}

/**
 * A shell condition: etcd keeps its majority while this host's member restarts. A member that is not healthy itself has
 * nothing to lose: its restart may be the remedy.
 */
export function othersSuffice(
  others: readonly Host[],
  { port, members }: { readonly port: number; readonly members: number },
): string {
  const healthy = (address: string): string =>
    `curl -fsS --max-time 5 --noproxy '*' ${quote(`http://${endpoint(address, port)}/health`)} | grep -q '"health":"true"'`;
  const counted = others.map(
    ({ name, address }) =>
      `if ${healthy(address)}; then n=$((n + 1)); else echo ${quote(`${name} is not healthy`)}; fi`,
  );
  return `n=0; ! ${healthy("127.0.0.1")} || { ${counted.join("; ")}; [ "$n" -ge ${String(quorum(members).needed)} ]; }`;
}
