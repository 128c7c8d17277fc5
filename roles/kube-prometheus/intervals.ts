import type { Manifest } from "kubeplay/kubernetes";

interface Endpoint {
  readonly interval?: string;
}
interface Rule {
  readonly expr: string | number;
}
interface Group {
  readonly rules?: readonly Rule[];
}
interface Source {
  readonly jsonData?: object;
}

const unit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const inSeconds = (text: string): number => Number(text.slice(0, -1)) * (unit[text.slice(-1)] ?? 1);

/** A rate over a window needs two samples in it, even if one was missed. */
const samples = 4;

/** With one sample per minute, "[1m]" becomes "[240s]"; longer windows and subqueries stay. */
const widened = (expr: Rule["expr"], seconds: number): Rule["expr"] =>
  typeof expr === "number"
    ? expr
    : expr.replaceAll(/\[(\d+[smhd])\]/g, (whole, window: string) =>
        inSeconds(window) < samples * seconds ? `[${samples * seconds}s]` : whole,
      );

const slowed = (endpoint: Endpoint, seconds: number): Endpoint =>
  inSeconds(endpoint.interval ?? "0s") < seconds ? { ...endpoint, interval: `${seconds}s` } : endpoint;

function withSpec(object: Manifest, change: (spec: Readonly<Record<string, unknown>>) => object): Manifest {
  const spec = object.spec as Readonly<Record<string, unknown>>;
  return { ...object, spec: { ...spec, ...change(spec) } };
}

/** Grafana derives its shortest window from this; shorter ones would show nothing. */
function sourcesWith(text: string, seconds: number): string {
  const config = JSON.parse(text) as { readonly datasources: readonly Source[] };
  const datasources = config.datasources.map((source) => ({
    ...source,
    jsonData: { ...source.jsonData, timeInterval: `${seconds}s` },
  }));
  return JSON.stringify({ ...config, datasources }, undefined, 2);
}

/**
 * The same objects, with no target scraped more often than this. Rates over shorter windows use longer ones, so that no
 * rule and no dashboard is lost.
 */
export const withIntervals = (objects: readonly Manifest[], seconds: number): readonly Manifest[] =>
  objects.map((object) => {
    const endpoints = (field: string) =>
      withSpec(object, ({ [field]: all }) => ({
        [field]: (all as readonly Endpoint[]).map((one) => slowed(one, seconds)),
      }));
    if (object.kind === "ServiceMonitor") return endpoints("endpoints");
    if (object.kind === "PodMonitor") return endpoints("podMetricsEndpoints");
    if (object.kind === "PrometheusRule")
      return withSpec(object, ({ groups }) => ({
        groups: (groups as readonly Group[]).map((group) => ({
          ...group,
          rules: (group.rules ?? []).map((rule) => ({ ...rule, expr: widened(rule.expr, seconds) })),
        })),
      }));
    const sources = (object.stringData as Readonly<Record<string, string>> | undefined)?.["datasources.yaml"];
    return sources === undefined
      ? object
      : { ...object, stringData: { "datasources.yaml": sourcesWith(sources, seconds) } };
  });
