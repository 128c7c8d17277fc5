import { readFileSync } from "node:fs";
import path from "node:path";
import { defineQuery, type Query, quote } from "kubeplay";
import { linesOf, unreadable } from "#engine/queries/keys.ts";

/** The folder of every member's certificates. */
export const etcdPki = "/etc/etcd/pki";

/** How etcdctl on a master reaches the members: the words of a shell. */
export const etcdctlFlags = `--cacert ${etcdPki}/ca.crt --cert ${etcdPki}/healthcheck-client.crt --key ${etcdPki}/healthcheck-client.key`;

/** etcd's initial-cluster-state: whether a member without data starts a cluster, or joins the one that added it. */
export type InitialState = "new" | "existing";

export interface EtcdMember {
  /** Empty for a member that was added and has not started yet. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  /** Whether it has published its client URLs, so it once had data. */
  readonly hasRun: boolean;
  /** It receives the data, but does not vote yet. */
  readonly isLearner?: boolean;
}

export type EtcdAnswer =
  /** There is no client certificate, or the host has data of its own and does not need to ask. */
  | { readonly state: "not asked" }
  /** The host is up, but nothing listens. */
  | { readonly state: "not running" }
  /** `version` is its own, such as "3.7.3". */
  | { readonly state: "running"; readonly members: readonly EtcdMember[]; readonly version?: string }
  | { readonly state: "unclear"; readonly reason: string };

export interface EtcdQuestion {
  /** Address and peer port of the member to ask. */
  readonly address: string;
  readonly port: number;
  /** A host with data in this folder does not ask. */
  readonly unlessDataIn?: string;
  /** The folder of the CA and of the client certificate. */
  readonly pki?: string;
  /** Seconds of retries for a member that accepts connections but gives no good answer; asked once if absent. */
  readonly patience?: number;
}

/** The URL at which the other members reach a member; it identifies the member. */
export const peerUrl = ({ address, port }: { readonly address: string; readonly port: number }): string =>
  `https://${address}:${port}`;

/** The members as etcd's flags and its configuration list them: "cp-1=https://192.0.2.11:2380" each. */
export const initialCluster = (
  masters: readonly { readonly name: string; readonly address: string }[],
  port: number,
): readonly string[] => masters.map(({ name, address }) => `${name}=${peerUrl({ address, port })}`);

/**
 * The peer port lists the members even if the cluster has no majority; the client port would block. The peer port does
 * not support HTTP/2. curl has the same exit code for a refused connection and for a host that is gone.
 */
const functions = readFileSync(path.join(import.meta.dirname, "files/etcd-members.sh"), "utf8").trimEnd();

/** Seconds: a host must answer a query within 600. */
const longest = 540;

const of = defineQuery<EtcdAnswer>({
  kind: "etcd members",
  // In parallel: a member that is gone takes seconds.
  ask: (keys) => {
    const asked = keys.map((key, index) => {
      const { address, port, pki = etcdPki, unlessDataIn = "", patience = 0 } = JSON.parse(key) as EtcdQuestion;
      const seconds = Math.min(patience, longest);
      return `ask ${index} ${quote(address)} ${port} ${quote(pki)} ${quote(unlessDataIn)} ${seconds} &`;
    });
    return `${functions}\n${asked.join("\n")}\nwait`;
  },
  parse: (stdout, keys) =>
    new Map(
      linesOf(stdout).map((line) => {
        const [, index, answer] = /^(\d+) (.*)$/.exec(line) ?? [];
        const key = keys[Number(index)];
        if (key === undefined || answer === undefined) throw unreadable(line);
        return [key, read(answer)];
      }),
    ),
  volatile: true,
});

/** Asks a member, from the host, for the members of its cluster. */
export const etcdMembers = (question: EtcdQuestion): Query<EtcdAnswer> => of(JSON.stringify(question));

function read(answer: string): EtcdAnswer {
  if (answer === "not asked" || answer === "not running") return { state: answer };
  const [, state, rest = ""] = /^(running|unclear) (.*)$/.exec(answer) ?? [];
  if (state === "unclear") return { state, reason: rest.trim() };
  if (state !== "running") throw unreadable(answer);
  const [, list = "", about] = /^(\[.*\]) *(\{.*\})? *$/.exec(rest) ?? [];
  if (list === "") throw unreadable(answer);
  const members = JSON.parse(list) as readonly Listed[];
  const { etcdserver: version } = JSON.parse(about ?? "{}") as { readonly etcdserver?: string };
  return {
    state,
    ...(version !== undefined && { version }),
    members: members.map(({ name = "", peerURLs, clientURLs = [], isLearner }) => ({
      name,
      peerUrls: peerURLs,
      hasRun: clientURLs.length > 0,
      ...(isLearner && { isLearner }),
    })),
  };
}

interface Listed {
  readonly name?: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs?: readonly string[];
  readonly isLearner?: boolean;
}
