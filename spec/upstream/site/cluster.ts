import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Summary } from "#engine/report/index.ts";
import type { Ran } from "../run.ts";
import { sh } from "./machines.ts";

/** Runs kubectl with these arguments. */
export type Kubectl = (...args: readonly string[]) => Promise<Ran>;

export async function nodesAreReady(kubectl: Kubectl, names: readonly string[]): Promise<void> {
  const { code, output } = await kubectl("get", "nodes", "--no-headers");
  expect(code, output).to.equal(0);
  const lines = output.trim().split("\n");
  expect(lines, output).to.have.length(names.length);
  for (const name of names) expect(output).to.match(new RegExp(`^${name}\\s+Ready\\s`, "m"));
}

const workloads: Readonly<Record<string, readonly string[]>> = {
  "kube-system": ["daemonset/cilium", "deployment/coredns", "deployment/metrics-server"],
  monitoring: [
    ...["statefulset/prometheus-k8s", "statefulset/alertmanager-main", "daemonset/node-exporter"],
    ...["prometheus-operator", "kube-state-metrics", "grafana"].map((name) => `deployment/${name}`),
  ],
  logging: ["statefulset/victoria-logs", "daemonset/vlagent"],
  dashboard: ["deployment/headlamp"],
};

/** Waits until the pod network, DNS, metrics, logs, the dashboard and the registry work. */
export async function addonsRun(kubectl: Kubectl): Promise<void> {
  for (const [namespace, names] of Object.entries(workloads))
    for (const workload of names) {
      const { code, output } = await kubectl("-n", namespace, "rollout", "status", workload, "--timeout=300s");
      expect(code, output).to.equal(0);
    }
  const registry = await kubectl("get", "pods", "--all-namespaces", "--no-headers");
  expect(registry.output).to.match(/registry-\S+\s+1\/1\s+Running/);
  await answers(kubectl, ["top", "nodes"], /upstream-master/);
  const prometheus = ["-n", "monitoring", "exec", "prometheus-k8s-0", "-c", "prometheus", "--"];
  const query = ["promtool", "query", "instant", "http://localhost:9090", 'sum(up{job="kubelet"})'];
  await answers(kubectl, [...prometheus, ...query], /=> [1-9]/);
  const logs = "/api/v1/namespaces/logging/services/victoria-logs:9428/proxy/select/logsql/query";
  const found = `${logs}?query=kubernetes.pod_namespace:=kube-system&limit=1`;
  await answers(kubectl, ["get", "--raw", found], /"kubernetes\.pod_name":/);
}

async function answers(kubectl: Kubectl, words: readonly string[], expected: RegExp): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const { code, output } = await kubectl(...words);
    if (code === 0 && expected.test(output)) return;
    if (tries > 90) throw new Error(`${words.join(" ")}: ${output}`);
    await sleep(2000);
  }
}

/** The paths of runc that a machine's running containers have recorded, each once. */
export function runtimesOf(machine: string): readonly string[] {
  const files = "/run/containerd/io.containerd.runtime.v2.task/k8s.io/*/runtime";
  return [...new Set(sh(`podman exec ${machine} sh -c 'for one in ${files}; do cat "$one"; echo; done'`).split("\n"))];
}

/** The changes of a project's newest run. */
export function lastSummary(root: string): Summary {
  const folder = path.join(root, ".kubeplay", "runs");
  const newest = readdirSync(folder).sort().at(-1) ?? "";
  return JSON.parse(readFileSync(path.join(folder, newest, "summary.json"), "utf8")) as Summary;
}
