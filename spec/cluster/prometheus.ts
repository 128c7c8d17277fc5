import { forward } from "./port-forward.ts";

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

export interface Prometheus {
  readonly query: (promql: string) => Promise<readonly Sample[]>;
  readonly close: () => Promise<void>;
}

/** The cluster's Prometheus, through a port of this machine. */
export async function askPrometheus(): Promise<Prometheus> {
  const forwarded = await forward("monitoring", "prometheus-k8s", 9090);
  const query = async (promql: string): Promise<readonly Sample[]> => {
    const answer = await fetch(`${forwarded.url}/api/v1/query?${new URLSearchParams({ query: promql }).toString()}`);
    const { data, error } = (await answer.json()) as { data?: { result: readonly Sample[] }; error?: string };
    if (!data) throw new Error(`${promql}: ${error ?? String(answer.status)}`);
    return data.result;
  };
  return { query, close: () => forwarded.close() };
}

export const namesIn = (samples: readonly Sample[]): string[] =>
  samples.map(({ metric: { alertname, job, instance, pod } }) => [alertname, job, instance, pod].join(" "));
