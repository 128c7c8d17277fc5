import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Summary } from "#engine/report/index.ts";
import type { Ran } from "../run.ts";

/** Runs kubectl with these arguments. */
export type Kubectl = (...args: readonly string[]) => Promise<Ran>;

export async function nodesAreReady(kubectl: Kubectl, names: readonly string[]): Promise<void> {
  const { code, output } = await kubectl("get", "nodes", "--no-headers");
  expect(code, output).to.equal(0);
  const lines = output.trim().split("\n");
  expect(lines, output).to.have.length(names.length);
  for (const name of names) expect(output).to.match(new RegExp(`^${name}\\s+Ready\\s`, "m"));
}

const workloads = ["daemonset/cilium", "deployment/coredns", "deployment/metrics-server"];

/** Waits until the pod network, DNS, metrics and the registry work. */
export async function addonsRun(kubectl: Kubectl): Promise<void> {
  for (const workload of workloads) {
    const { code, output } = await kubectl("-n", "kube-system", "rollout", "status", workload, "--timeout=300s");
    expect(code, output).to.equal(0);
  }
  const registry = await kubectl("get", "pods", "--all-namespaces", "--no-headers");
  expect(registry.output).to.match(/registry-\S+\s+1\/1\s+Running/);
  for (let tries = 0; ; tries += 1) {
    const { code, output } = await kubectl("top", "nodes");
    if (code === 0) return;
    if (tries > 60) throw new Error(output);
    await sleep(2000);
  }
}

/** The changes of a project's newest run. */
export function lastSummary(root: string): Summary {
  const folder = path.join(root, ".kubeplay", "runs");
  const newest = readdirSync(folder).sort().at(-1) ?? "";
  return JSON.parse(readFileSync(path.join(folder, newest, "summary.json"), "utf8")) as Summary;
}
