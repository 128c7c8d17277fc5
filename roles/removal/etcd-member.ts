import { readFileSync } from "node:fs";
import path from "node:path";
import { defineResource, quote, TaskError } from "kubeplay";
import { etcdPki, peerUrl } from "#cluster/etcd-members.ts";
import { runLives } from "#cluster/run-lives.ts";
import { endpoint } from "#cluster/urls.ts";
import { etcdQuestions, membershipIn, withoutMember, type EtcdAnswers, type EtcdPlaces, type Leaving } from "./etcd.ts";
import { quorumProblem } from "./quorum.ts";

const program = readFileSync(path.join(import.meta.dirname, "files/remove-etcd-member.sh"), "utf8");

export interface EtcdMemberProps extends EtcdPlaces, Leaving {
  /** The path of etcdctl on the host. */
  readonly etcdctl: string;
  /** Seconds of retries while etcd refuses or does not answer. */
  readonly patience: number;
}

function variablesOf({ node, address, others, etcdctl, patience, ...ports }: EtcdMemberProps): string {
  const url = (port: number): string => (address === undefined ? "" : `https://${endpoint(address, port)}`);
  const variables = {
    etcdctl,
    pki: etcdPki,
    endpoints: others.map((each) => `https://${endpoint(each.address, ports.clientPort)}`).join(","),
    name: node,
    peer: address === undefined ? "" : peerUrl({ address, port: ports.peerPort }),
    client: url(ports.clientPort),
    metrics: address === undefined ? "" : `http://${endpoint(address, ports.metricsPort)}/metrics`,
    patience: String(patience),
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quote(value)}`)
    .join("\n");
}

/**
 * Removes a member from etcd, after it has handed over the lead. Refuses to, with the arithmetic, if etcd would lose its
 * majority. Runs on a master that stays.
 */
export const noEtcdMember = defineResource({
  kind: "etcd member",
  label: ({ node }: EtcdMemberProps) => node,
  needs: (p) => etcdQuestions(p),
  diff: (now: EtcdAnswers, p) => {
    const found = membershipIn(now, p, p);
    if (found === undefined)
      throw new TaskError(
        `no member of etcd answers on ${p.others.map(({ name }) => name).join(", ")}: repair it first`,
      );
    if (found === "absent") return [];
    const problem = quorumProblem(p.node, found);
    if (problem !== undefined) throw new TaskError(problem);
    return [{ what: "state", before: "present", after: "absent" }];
  },
  apply: (_found, _now, p) => [{ sh: `${variablesOf(p)}\n${runLives}\n${program}`, timeout: p.patience + 120 }],
  forecast: (now, p) => withoutMember(now, p, p),
});
