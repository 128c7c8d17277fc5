import { quote, type Values } from "kubeplay";
import type { nodeVariables } from "#cluster/node-variables.ts";
import { clientCertificate } from "./bootstrap.ts";

export interface HealthOptions {
  /** The URL of the API for this host. */
  readonly server: string;
  /** The CAs that this host trusts. */
  readonly trusted: string;
  readonly node: string;
  readonly extra: Values<typeof nodeVariables>["kubelet_extra_config"];
}

/** The URL of the kubelet's health; undefined if kubelet_extra_config turns it off. */
function healthUrl({
  healthzBindAddress: address,
  healthzPort: port = 10248,
}: HealthOptions["extra"]): string | undefined {
  if (port === 0) return undefined;
  const host = typeof address === "string" && !["", "0.0.0.0", "::"].includes(address) ? address : "127.0.0.1";
  return `http://${host.includes(":") ? `[${host}]` : host}:${String(port)}/healthz`;
}

/**
 * A shell condition: the kubelet is healthy, it has renewed its node's lease since its last start, and the node is Ready
 * or waits for nothing but its pod network. The requests use the node's own certificate.
 */
export function inService({ server, trusted, node, extra }: HealthOptions): string {
  const url = healthUrl(extra);
  const ask = (path: string): string =>
    `curl -fsS --max-time 15 --cacert ${trusted} --cert ${clientCertificate} ${quote(`${server}${path}`)}`;
  return [
    ...(url === undefined ? [] : [`curl -fsS --max-time 15 -o /dev/null ${quote(url)}`]),
    `lease=$(${ask(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node}`)} | grep -o '"renewTime": *"[^"]*"' | cut -d '"' -f 4)`,
    "started=$(LC_ALL=C systemctl show --property=ActiveEnterTimestamp --value kubelet)",
    '{ [ -n "$lease" ] && [ "$(date -d "$lease" +%s)" -ge "$(date -d "$started" +%s)" ] || { echo "the node has not reported since the start"; false; }; }',
    `{ ${ask(`/api/v1/nodes/${node}`)} | grep -qE '"reason": *"KubeletReady"|cni plugin not initialized' || { echo "the node is not Ready"; false; }; }`,
  ].join(" && ");
}

/**
 * A shell command for a new configuration, %s: the kubelet reads and checks it, and fails with its own words if it refuses
 * it. It gets no further than to the directory of its certificates, which nobody can make.
 */
export const configurationCheck = (program: string): string =>
  `said=$(timeout 30 ${program} --config %s --rotate-server-certificates=false --tls-cert-file= --tls-private-key-file= \\
  --cert-dir /proc/none --root-dir /proc/none --kubeconfig /proc/none 2>&1)
case $said in *"unrecognized feature gate"* | *"failed to validate kubelet configuration"* | *"failed to load"* | *"cannot set feature gate"*)
  echo "$said" | grep -E '^panic: |command failed' | tail -n 2 | cut -c 1-1000 >&2; exit 1 ;;
esac`;
