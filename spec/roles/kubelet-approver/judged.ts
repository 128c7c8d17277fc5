import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { renderTemplate } from "#engine/template/index.ts";
import { comparedWith, nodeRow } from "#roles/kubelet-approver/program.ts";

export const serving = "kubernetes.io/kubelet-serving";
export const client = "kubernetes.io/kube-apiserver-client-kubelet";
export const cluster = "lab";

/** A request as the API has it. */
export interface Case {
  /** PEM, or anything else. */
  readonly request: string;
  readonly signer?: string;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly usages?: readonly string[];
  /** The types of its conditions; none by default. */
  readonly state?: string;
  /** Requests are listed in the order of their names; this number is larger for a later one. */
  readonly number?: number;
}

/** The nodes of the inventory. */
const nodes = [
  { name: "node-1", address: "10.0.0.21" },
  { name: "node-2", address: "10.0.0.22" },
  { name: "node-6", address: "fd00::21" },
  { name: "10.0.0.23", address: "10.0.0.23" },
  { name: "node-7", address: "localhost" },
  { name: "node-8", address: "10.0.0.28", address6: "fd00::28" },
  { name: "node-10", address: "localhost", address6: "fd00::30" },
];

const hex = (text: string): string => Buffer.from(text).toString("hex");
const listOf = (entries: readonly string[]): string => `,${entries.map((entry) => `${hex(entry)},`).join("")}`;

/** The line that kubectl prints for a request with the approver's template. */
function lineOf(one: Case, index: number): string {
  const { signer = serving, user = "system:node:node-1", groups = ["system:nodes", "system:authenticated"] } = one;
  const usages = one.usages ?? ["digital signature", signer === client ? "client auth" : "server auth"];
  const answer = one.state ?? `- ${Buffer.from(one.request).toString("base64")}`;
  return [one.number ?? index + 1, `csr-${index}`, signer, hex(user), listOf(groups), listOf(usages), answer].join(" ");
}

export function program(folder: string, name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

/** Writes the approver into a folder, from which it takes kubectl. */
export const approverIn = (folder: string, values: object = {}): string =>
  program(
    folder,
    "approver",
    renderTemplate("roles/kubelet-approver/templates/kubelet-approver.hbs", {
      binDir: folder,
      kubeconfig: "/none",
      ca: "/none",
      cache: "/run/cache-of-kubectl",
      compared: comparedWith(true),
      interval: 60,
      delay: 0,
      nodes: nodes.map((node) => nodeRow({ ...node, port: 10250, cluster })),
      ...values,
    }),
  );

/** The approver's answers ("approve", "deny") by the name of a case, all judged at once, and its output. */
export function judged(folder: string, cases: Readonly<Record<string, Case>>) {
  writeFileSync(path.join(folder, "pending"), `${Object.values(cases).map(lineOf).join("\n")}\n`);
  writeFileSync(path.join(folder, "answered"), "");
  program(
    folder,
    "kubectl",
    `#!/bin/sh\ncd "$(dirname "$0")"\necho "$KUBECACHEDIR" > cache\ncase $1 in get) cat pending ;; certificate) echo "$2 $4" >> answered ;; esac\n`,
  );
  const told = execFileSync("bash", ["-c", '"$0" 2>&1', approverIn(folder)], { encoding: "utf8" });
  const answers = new Map<string, string>();
  for (const [, verb = "", number = ""] of readFileSync(path.join(folder, "answered"), "utf8").matchAll(
    /(\w+) csr-(\d+)/g,
  ))
    answers.set(Object.keys(cases)[Number(number)] ?? number, verb);
  return { answers, told };
}
