import type { Host } from "kubeplay";
import type { Check, Finding, Patient, Seen, Server } from "#programs/doctor/check.ts";

export const master: Host = { name: "cp-1", address: "10.0.0.11", groups: ["masters"] };
export const worker: Host = { name: "w-1", address: "10.0.0.21", groups: ["nodes"] };
export const now = new Date("2026-11-30T12:00:00Z");
export const ago = (seconds: number): string => new Date(now.getTime() - seconds * 1000).toISOString();

interface Scene {
  readonly vars?: Partial<Seen["vars"]>;
  readonly answers?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly facts?: Partial<Patient["facts"]>;
  readonly api?: Readonly<Record<string, unknown>>;
  readonly servers?: readonly Partial<Server>[];
}

/** What a check finds in a cluster of one master and one node. `answers` are by host, `api` by path. */
export function find(check: Check, given: Scene): readonly Finding[] {
  const hosts = [master, worker];
  const vars = {
    pki_warn_before_days: 30,
    kube_apiserver_port: 6443,
    etcd_heartbeat_interval: 100,
    etcd_version: "3.7.3",
    encryption_resources: ["secrets" as const],
  };
  const facts = { clockSkew: 0, cgroup: 2, ...given.facts } as Patient["facts"];
  return check.findings({
    vars: { ...vars, kube_proxy_mode: "nftables", ...given.vars } as Seen["vars"],
    inventory: undefined as unknown as Seen["inventory"],
    masters: [master],
    nodes: hosts,
    patients: hosts
      .filter(({ name }) => !given.answers || name in given.answers)
      .map((host) => ({ host, facts, answers: given.answers?.[host.name] ?? {} })),
    servers: (given.servers ?? []).map((one) => ({
      url: "https://10.0.0.11:6443",
      status: 200,
      text: "ok",
      version: "v1.37.2",
      ...one,
    })),
    api: (path) => given.api?.[path],
    now,
  });
}

/** "error cp-1: its clock is …" */
export const printedFindings = (found: readonly Finding[]): string[] =>
  found.map(({ severity, subject, problem }) => `${severity} ${subject}: ${problem}`);
