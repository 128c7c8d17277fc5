import { readFileSync } from "node:fs";
import path from "node:path";
import { defineQuery, quote, type Query } from "kubeplay";
import { linesOf, unreadable } from "#engine/queries/keys.ts";

/** A port of another host. */
export interface Target {
  readonly address: string;
  readonly port: number;
}

/** A port of this host, and the numbers of the hosts that try it at the same time. */
export interface Awaiting {
  readonly port: number;
  readonly from: readonly number[];
}

export interface PortQuestion {
  /** The number of this host, by which others know it. */
  readonly me: number;
  readonly targets: readonly Target[];
  readonly awaits: readonly Awaiting[];
}

/** "silent": nothing answered, as behind a firewall that drops packets. */
export type PortState = "open" | "refused" | "silent";

const program = readFileSync(path.join(import.meta.dirname, "files/ports.pl"), "utf8").trimEnd();

/**
 * Seconds. A host that is slow begins later than the others: their listeners wait longer than it tries. Where all ports
 * are open, both end at once.
 */
const [tries, listens] = [15, 30];

const ask = (key: string, index: number): string => {
  const { me, targets, awaits } = JSON.parse(key) as PortQuestion;
  const words = [
    ...awaits.map(({ port, from }) => `listen ${port} ${from.join(",")}`),
    ...targets.map(({ address, port }, at) => `try ${at} ${address} ${port}`),
  ];
  // Without Perl, nothing is known. Debian and Ubuntu always have it.
  return `echo host ${index}
if command -v perl > /dev/null; then perl -e ${quote(program)} ${me} ${tries} ${listens} ${words.map(quote).join(" ")}; fi`;
};

const of = defineQuery<readonly (PortState | undefined)[]>({
  kind: "ports between hosts",
  ask: (keys) => keys.map(ask).join("\n"),
  parse: (stdout, keys) => {
    const answers = keys.map((): (PortState | undefined)[] => []);
    let current: (PortState | undefined)[] | undefined;
    for (const line of linesOf(stdout)) {
      const [, host, target, state] = /^(?:host (\d+)|(\d+) (open|refused|silent))$/.exec(line) ?? [];
      if (host !== undefined) current = answers[Number(host)];
      else if (current && target !== undefined) current[Number(target)] = state as PortState;
      else throw unreadable(line);
    }
    return new Map(keys.map((key, index) => [key, answers[index] ?? []]));
  },
});

/** Tries ports of other hosts from this one, and lets them try its own. In the order of `targets`; undefined if unknown. */
export const portsBetween = (question: PortQuestion): Query<readonly (PortState | undefined)[]> =>
  of(JSON.stringify(question));
