import type { Manifest } from "kubeplay/kubernetes";
import { labels, type OnHosts } from "./on-hosts.ts";
import { namespace } from "./patches.ts";

/** Monitors a program that upstream's manifests do not include. */
const monitor = ({ name, scheme }: Pick<OnHosts, "name" | "scheme">): Manifest => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind: "ServiceMonitor",
  metadata: { name, namespace, labels: labels(name) },
  spec: {
    jobLabel: "app.kubernetes.io/name",
    namespaceSelector: { matchNames: ["kube-system"] },
    selector: { matchLabels: { "app.kubernetes.io/name": name } },
    endpoints: [
      {
        ...{ port: `${scheme}-metrics`, scheme, interval: "30s" },
        // As upstream's own monitors: the proxy's certificate is its own.
        ...(scheme === "https" && {
          bearerTokenFile: "/var/run/secrets/kubernetes.io/serviceaccount/token",
          tlsConfig: { insecureSkipVerify: true },
        }),
      },
    ],
  },
});

export const kubeProxyMonitor: Manifest = monitor({ name: "kube-proxy", scheme: "https" });

/** Cilium's pods serve metrics at a port of this name. */
export const ciliumMonitors: readonly Manifest[] = [
  { name: "cilium", matchLabels: { "k8s-app": "cilium" } },
  { name: "cilium-operator", matchLabels: { "io.cilium/app": "operator" } },
].map(({ name, matchLabels }) => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind: "PodMonitor",
  metadata: { name, namespace, labels: labels(name) },
  spec: {
    namespaceSelector: { matchNames: ["kube-system"] },
    selector: { matchLabels },
    podMetricsEndpoints: [{ port: "prometheus", interval: "30s" }],
  },
}));

/** Uses the port for metrics only: a client certificate would give access to all of etcd's data. */
export const etcdMonitor: readonly Manifest[] = [
  monitor({ name: "etcd", scheme: "http" }),
  {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name: "etcd", namespace, labels: { ...labels("etcd"), prometheus: "k8s", role: "alert-rules" } },
    spec: {
      groups: [
        {
          name: "etcd",
          rules: [
            {
              alert: "EtcdMemberDown",
              expr: 'up{job="etcd"} == 0',
              for: "1m",
              labels: { severity: "critical" },
              annotations: { summary: "The etcd member {{ $labels.instance }} does not answer." },
            },
            {
              alert: "EtcdNoLeader",
              expr: 'etcd_server_has_leader{job="etcd"} == 0',
              for: "1m",
              labels: { severity: "critical" },
              annotations: { summary: "The etcd member {{ $labels.instance }} has no leader." },
            },
          ],
        },
      ],
    },
  },
];

/** The same as nearsEnd in lib/engine/pki: of certificates with a short life, the last tenth counts. */
const expiresWithin = (days: number): string =>
  `kubeplay_certificate_not_after_seconds - time() < clamp_max((kubeplay_certificate_not_after_seconds - kubeplay_certificate_not_before_seconds) / 10, ${String(days * 24 * 3600)})`;

const certificatesRead = 'node_textfile_mtime_seconds{file=~".*/kubeplay-certificates.prom"}';

/** Alerts on what each host says of its certificates: see roles/certificate-metrics. */
export const certificateRules = (days: number): Manifest => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind: "PrometheusRule",
  metadata: {
    name: "kubeplay-certificates",
    namespace,
    labels: { ...labels("certificates"), prometheus: "k8s", role: "alert-rules" },
  },
  spec: {
    groups: [
      {
        name: "kubeplay-certificates",
        rules: [
          {
            alert: "CertificateExpiresSoon",
            expr: expiresWithin(days),
            for: "15m",
            labels: { severity: "warning" },
            annotations: {
              summary:
                "{{ $labels.subject }} in {{ $labels.path }} on {{ $labels.instance }} ends in {{ $value | humanizeDuration }}.",
              description: "Play site or certs, which renew it. Kubelets renew their own: see journalctl -u kubelet.",
            },
          },
          {
            alert: "CertificatesNotRead",
            expr: `time() - ${certificatesRead} > 4 * 3600`,
            for: "15m",
            labels: { severity: "warning" },
            annotations: {
              summary: "{{ $labels.instance }} has not read its certificates for {{ $value | humanizeDuration }}.",
              description: "See journalctl -u kubeplay-certificates on that host.",
            },
          },
          {
            alert: "CertificatesNotRead",
            expr: `up{job="node-exporter"} == 1 unless on (instance) ${certificatesRead}`,
            for: "15m",
            labels: { severity: "warning" },
            annotations: {
              summary: "{{ $labels.instance }} has never read its certificates.",
              description: "Play site, and see journalctl -u kubeplay-certificates on that host.",
            },
          },
          {
            alert: "CertificateUnreadable",
            expr: "kubeplay_certificate_unreadable == 1",
            for: "15m",
            labels: { severity: "warning" },
            annotations: {
              summary: "{{ $labels.path }} on {{ $labels.instance }} has a certificate that cannot be read.",
              description: "Play site or certs, which write it again.",
            },
          },
        ],
      },
    ],
  },
});
