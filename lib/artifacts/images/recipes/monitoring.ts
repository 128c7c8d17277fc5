import { certificates, users, type Ingredients } from "../ingredients.ts";
import type { Recipe } from "../recipe.ts";
import { standInOf } from "./stand-in.ts";

const nobody = "65534:65534";

/** The images of kube-prometheus's manifests. Tags are the versions of the programs in the images. */
export const monitoring = (from: Ingredients): readonly Recipe[] => {
  const { architecture, version, program } = from;
  const common = { for: ["monitoring"], architecture, user: nobody } as const;
  /** An image of one program, at the path `place`. */
  const one = (host: string, repository: string, variable: string, binary: string, place: string): Recipe => ({
    ...common,
    host,
    repository,
    tags: [`v${version(variable)}`],
    entrypoint: [place],
    files: { [place]: program(binary), ...certificates, ...users },
    scratch: ["/tmp"],
  });
  const operator = "prometheus-operator";
  const reloader = "prometheus-config-reloader";
  return [
    {
      ...one("quay.io", "prometheus/prometheus", "prometheus_version", "prometheus", "/bin/prometheus"),
      files: {
        "/bin/prometheus": program("prometheus"),
        "/bin/promtool": program("promtool"),
        ...certificates,
        ...users,
      },
      command: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
      workdir: "/prometheus",
      scratch: ["/prometheus", "/tmp"],
      note: "without web pages; the API is complete",
    },
    {
      ...one("quay.io", "prometheus/alertmanager", "alertmanager_version", "alertmanager", "/bin/alertmanager"),
      files: {
        "/bin/alertmanager": program("alertmanager"),
        "/bin/amtool": program("amtool"),
        ...certificates,
        ...users,
      },
      command: ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"],
      workdir: "/alertmanager",
      scratch: ["/alertmanager", "/tmp"],
      note: "without web pages; the API is complete",
    },
    one("quay.io", `prometheus-operator/${operator}`, "prometheus_operator_version", operator, "/bin/operator"),
    one("quay.io", `prometheus-operator/${reloader}`, "prometheus_operator_version", reloader, `/bin/${reloader}`),
    one("quay.io", "prometheus/node-exporter", "node_exporter_version", "node_exporter", "/bin/node_exporter"),
    {
      ...one(
        "quay.io",
        "brancz/kube-rbac-proxy",
        "kube_rbac_proxy_version",
        "kube-rbac-proxy",
        "/usr/local/bin/kube-rbac-proxy",
      ),
      user: "65532:65532",
    },
    one(
      "registry.k8s.io",
      "kube-state-metrics/kube-state-metrics",
      "kube_state_metrics_version",
      "kube-state-metrics",
      "/kube-state-metrics",
    ),
    {
      ...one(
        "registry.k8s.io",
        "prometheus-adapter/prometheus-adapter",
        "prometheus_adapter_version",
        "prometheus-adapter",
        "/adapter",
      ),
      for: ["metrics-adapter"],
    },
    {
      ...standInOf(from, {
        port: 3000,
        pages: { "/api/health": "{}", "/metrics": "# None." },
        reason: "Grafana is neither a Go module nor a Debian package",
      }),
      for: ["monitoring"],
      host: "docker.io",
      repository: "grafana/grafana",
      tags: [version("grafana_version")],
      user: "472:0",
    },
  ];
};
