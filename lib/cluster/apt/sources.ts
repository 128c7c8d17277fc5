import { readFileSync } from "node:fs";
import path from "node:path";
import { defineQuery, quote } from "kubeplay";
import { linesOf } from "#engine/queries/keys.ts";

/** What one source of apt answered. */
export interface SourceAnswer {
  readonly url: string;
  readonly answers: boolean;
  /** apt's own error. */
  readonly why: string;
}
export type SourcesAnswer = readonly SourceAnswer[] | "no apt";

/** Defines nothing: a whole script, whose lines are the answer. */
export const script = readFileSync(path.join(import.meta.dirname, "files/sources.sh"), "utf8").trimEnd();

/** Keys are shown and recorded, so the proxy's login is not in a key. */
const environments = new Map<string, Readonly<Record<string, string>>>();

const ofApt = defineQuery<SourcesAnswer>({
  kind: "sources of apt",
  ask: (keys) =>
    keys
      .map((key) => {
        const exports = Object.entries(environments.get(key) ?? {}).map(
          ([name, value]) => `export ${name}=${quote(value)}\n`,
        );
        return `echo ${quote(`= ${key}`)}; (\n${exports.join("")}${script}\n)`;
      })
      .join("\n"),
  parse: (stdout, keys) => {
    const lines = linesOf(stdout);
    return new Map(
      keys.map((key) => {
        const begin = lines.indexOf(`= ${key}`) + 1;
        const length = lines.slice(begin).findIndex((line) => line.startsWith("= "));
        return [key, answersOf(lines.slice(begin, length < 0 ? undefined : begin + length))];
      }),
    );
  },
});

export function answersOf(lines: readonly string[]): SourcesAnswer {
  if (lines.includes("no apt")) return "no apt";
  return lines.map((line) => {
    const [url = "", state, why = ""] = line.split("\t");
    return { url, answers: state === "ok", why };
  });
}

/** The question to a host with this environment of apt. */
export function sourcesOfApt(environment: Readonly<Record<string, string>>) {
  const found = [...environments].find(([, known]) => JSON.stringify(known) === JSON.stringify(environment));
  const key = found?.[0] ?? `environment ${String(environments.size + 1)}`;
  environments.set(key, environment);
  return ofApt(key);
}
