import type { ClusterEvidence } from "./evidence/cluster.ts";
import type { HostEvidence } from "./evidence/host.ts";

/** As the benchmark has it: one whose answer a program decides, or one that a person answers. */
export type Kind = "automated" | "manual";

/** Best first. "n/a": the cluster has nothing that the control is about. */
export const results = ["n/a", "pass", "manual", "fail"] as const;
export type Result = (typeof results)[number];

/** A result with what was found, and where: "--profiling=false", "0644 /etc/systemd/system/kubelet.service". */
export interface Judgement {
  readonly result: Result;
  readonly value: string;
}

export const pass = (value: string): Judgement => ({ result: "pass", value });
export const fail = (value: string): Judgement => ({ result: "fail", value });
/** A person must judge the value. */
export const askPerson = (value: string): Judgement => ({ result: "manual", value });
export const notApplicable = (value: string): Judgement => ({ result: "n/a", value });
export const passIf = (isRight: boolean, value: string): Judgement => (isRight ? pass(value) : fail(value));

interface Head {
  /** "1.2.15", as in CIS Kubernetes Benchmark 1.12. */
  readonly number: string;
  /** What it demands, in a few words. */
  readonly title: string;
  readonly kind: Kind;
  /** What to do if it fails; for a manual one, what to look at. Without a full stop. */
  readonly remedy: string;
}

/** Judged on each host alone. */
export interface HostControl extends Head {
  /** Masters are nodes too. */
  readonly hosts: "masters" | "nodes";
  readonly judge: (host: HostEvidence) => Judgement;
}

/** Judged once, by the objects of the API or by all hosts together. */
export interface ClusterControl extends Head {
  readonly hosts: "cluster";
  readonly judge: (cluster: ClusterEvidence) => Judgement;
}

export type Control = HostControl | ClusterControl;
