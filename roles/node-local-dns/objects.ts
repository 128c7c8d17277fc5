import type { Manifest } from "kubeplay/kubernetes";
import { container, stampOf } from "#cluster/dns/pod.ts";
import { cacheAddress } from "#cluster/node-local.ts";

export interface CacheOptions {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly domain: string;
  /** The address of the cluster's DNS, which resolves the cluster's names. */
  readonly upstream: string;
}

const readyPort = 8182;
/** The URL that tells, on the cache's node, whether the cache answers. */
export const readyUrl = `http://${cacheAddress}:${readyPort}/ready`;

/** The cluster's names go over TCP, which loses no query between nodes; all others go to the node's name servers. */
const corefile = ({ domain, upstream }: CacheOptions): string => `${domain}:53 in-addr.arpa:53 ip6.arpa:53 {
    bind ${cacheAddress}
    errors
    cache {
        success 9984 30
        denial 9984 5
    }
    reload
    loop
    forward . ${upstream} {
        force_tcp
    }
    prometheus ${cacheAddress}:9253
}
.:53 {
    bind ${cacheAddress}
    errors
    cache 30
    reload
    loop
    forward . /etc/resolv.conf
    prometheus ${cacheAddress}:9253
    health ${cacheAddress}:8081
    ready ${cacheAddress}:${readyPort}
}
`;

/** CoreDNS as a cache on the host's network, on every node regardless of its taints. */
export function objects(options: CacheOptions): readonly Manifest[] {
  const { name, namespace, image } = options;
  const text = corefile(options);
  const labels = { "k8s-app": name };
  const probe = (path: string, port: number) => ({ httpGet: { host: cacheAddress, path, port }, timeoutSeconds: 5 });
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: { Corefile: text } },
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name, namespace, labels },
      spec: {
        selector: { matchLabels: labels },
        // CoreDNS can share its ports with another CoreDNS: the new one answers before the old one stops.
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: {
          metadata: { labels, annotations: stampOf(text) },
          spec: {
            priorityClassName: "system-node-critical",
            hostNetwork: true,
            dnsPolicy: "Default",
            automountServiceAccountToken: false,
            tolerations: [{ operator: "Exists" }],
            containers: [
              {
                ...container(image),
                ports: [],
                resources: { requests: { cpu: "25m", memory: "20Mi" }, limits: { memory: "128Mi" } },
                livenessProbe: { ...probe("/health", 8081), initialDelaySeconds: 60, failureThreshold: 5 },
                readinessProbe: { ...probe("/ready", readyPort), periodSeconds: 2 },
              },
            ],
            volumes: [{ name: "config", configMap: { name } }],
          },
        },
      },
    },
  ];
}
