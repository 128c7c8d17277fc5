import { TaskError } from "../errors.ts";
import { aptError, readingApt } from "./apt.ts";
import { defineQuery, type Query } from "./define.ts";
import { unreadable } from "./keys.ts";

/**
 * "safe" removes no package, "full" also removes those that are in the way of others, and "security" is those of "safe"
 * with a version from the distribution's security updates.
 */
export type UpgradeScope = "safe" | "full" | "security";

/** A package that an upgrade would change. */
export interface Upgrade {
  /** As apt names it: with the architecture if it is foreign. */
  readonly name: string;
  /** Undefined if it is not installed. */
  readonly from?: string;
  /** Undefined if it would be removed. */
  readonly to?: string;
}

/**
 * A shell command that prints what an upgrade would do, as apt-get --simulate does: "Inst libc6 [2.41-12] (2.41-12+deb13u1
 * Debian:13.2/stable [amd64])". Security updates are "Debian-Security:13/stable-security" or "Ubuntu:24.04/noble-security".
 */
export function simulatedUpgrade(scope: UpgradeScope): string {
  const verb = scope === "full" ? "dist-upgrade" : "upgrade --with-new-pkgs";
  const lines = scope === "security" ? "Inst [^(]*[(][^)]*-security[, ]" : "(Inst|Remv) ";
  return `said=$(${readingApt("apt-get")} --simulate ${verb} 2>&1) &&
  { printf '%s\\n' "$said" | grep -E '^${lines}' || :; } || { printf '%s\\n' "$said" >&2; false; }`;
}

const of = defineQuery<readonly Upgrade[]>({
  kind: "apt upgrades",
  ask: (scopes) =>
    scopes.map((scope) => `{ ${simulatedUpgrade(scope as UpgradeScope)}; } 2>&1; echo "exit code $?"`).join("\n"),
  parse: (stdout, scopes) => {
    const parts = stdout.split(/^exit code (\d+)$/m);
    return new Map(
      scopes.map((scope, index): [string, readonly Upgrade[] | TaskError] => {
        const [said = "", code] = parts.slice(2 * index);
        if (code === undefined) throw unreadable(stdout);
        const lines = said.split("\n").filter(Boolean);
        if (code !== "0") return [scope, new TaskError(`apt cannot tell what it would upgrade: ${aptError(said)}`)];
        return [scope, lines.map(readUpgrade)];
      }),
    );
  },
});

/** A line such as "Inst libc6 [2.41-12] (2.41-12+deb13u1 Debian:13.2/stable [amd64]) []". */
function readUpgrade(line: string): Upgrade {
  const [, verb, name, from, to] = /^(Inst|Remv) (\S+)(?: \[(\S+)\])?(?: \((\S+) [^)]*\))?/.exec(line) ?? [];
  if (name === undefined || (verb === "Inst") !== (to !== undefined)) throw unreadable(line);
  return { name, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

/** The packages that an upgrade would change, by apt's lists. */
export const aptUpgrades = (scope: UpgradeScope): Query<readonly Upgrade[]> => of(scope);
