import { results } from "./control.ts";
import type { Verdict } from "./judge.ts";

/**
 * The results in the text format of Prometheus, for the textfile collector of the node exporter. The result is 1 for the
 * one that a control has.
 */
export function metricsOf(cluster: string, verdicts: readonly Verdict[], now: Date): string[] {
  const labels = (given: Readonly<Record<string, string>>): string =>
    Object.entries(given)
      .map(([name, value]) => `${name}="${value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`)
      .join(",");
  return [
    "# HELP kubeplay_cis_control Whether a control of the CIS Kubernetes Benchmark has a result.",
    "# TYPE kubeplay_cis_control gauge",
    ...verdicts.flatMap(({ control: { number, kind }, result }) =>
      results.map(
        (one) =>
          `kubeplay_cis_control{${labels({ cluster, control: number, kind, result: one })}} ${one === result ? "1" : "0"}`,
      ),
    ),
    "# HELP kubeplay_cis_timestamp_seconds When the controls were judged.",
    "# TYPE kubeplay_cis_timestamp_seconds gauge",
    `kubeplay_cis_timestamp_seconds{${labels({ cluster })}} ${String(Math.floor(now.getTime() / 1000))}`,
  ];
}
