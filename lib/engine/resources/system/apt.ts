import { readFileSync } from "node:fs";
import path from "node:path";
import { listsFresh } from "../../queries/package-lists.ts";
import { simulatedUpgrade, type UpgradeScope } from "../../queries/apt-upgrades.ts";
import { quote } from "../../shell/quote.ts";
import type { ShellStep } from "../../tasks/resource.ts";

const environment = {
  LC_ALL: "C",
  DEBIAN_FRONTEND: "noninteractive",
  APT_LISTCHANGES_FRONTEND: "none",
  // Packages must not restart services after a library's upgrade.
  NEEDRESTART_SUSPEND: "1",
};

/**
 * Seconds to wait for another program that holds an apt lock: unattended-upgrades may install a kernel on a slow disk.
 */
export const lockPatience = 900;
/** Seconds: enough for a slow mirror and a hundred packages. */
const work = 1800;

const script = (name: string): string => readFileSync(path.join(import.meta.dirname, name), "utf8");

/** Shell functions: `patient COMMAND …` waits for locks and busy mirrors. */
const patientFor = (seconds: number): string => `lock_patience=${String(seconds)}\n${script("patient.sh")}`;
export const patient = patientFor(lockPatience);

const functionsFor = (locks: number): string =>
  `${patientFor(locks)}${listsFresh}security_upgrades() {\n${simulatedUpgrade("security")}\n}\n`;

/** A shell of its own, whose process id the policy names. */
const apt = (verb: string, minutes: number, names: readonly string[], locks: number): ShellStep => ({
  sh: `sh -c ${quote(functionsFor(locks) + script("apt.sh"))} ${[`kubeplay-${verb}`, verb, String(minutes), ...names].map(quote).join(" ")}`,
  environment,
  timeout: work + 2 * locks,
  // apt names a proxy without its user and password.
  printsNoEnvironment: true,
});

/**
 * One apt-get for all packages. The package lists are fetched if there are none, if they are older than `cacheValid`
 * seconds, and if a package is not found. No installed package is removed for a new one; the error names those that
 * would have to be. `locks` is the seconds to wait for other programs that hold apt's locks.
 */
export const aptInstall = (names: readonly string[], cacheValid: number, locks = lockPatience): ShellStep =>
  apt("install", Math.ceil(cacheValid / 60), names, locks);

export const aptRemove = (names: readonly string[], locks = lockPatience): ShellStep => apt("remove", 0, names, locks);

/** With their configuration. Only these: what they needed stays. */
export const aptPurge = (names: readonly string[], locks = lockPatience): ShellStep => apt("purge", 0, names, locks);

/** Upgrades all packages in a scope, by package lists that are younger than `cacheValid` seconds. */
export const aptUpgrade = (scope: UpgradeScope, cacheValid: number, locks = lockPatience): ShellStep =>
  apt(scope, Math.ceil(cacheValid / 60), [], locks);

/** A hold keeps apt from changing a package. */
export const aptMark = (mark: "hold" | "unhold", names: readonly string[], locks = lockPatience): ShellStep => ({
  sh: `${patientFor(locks)}patient apt-mark ${mark} ${names.map(quote).join(" ")} >/dev/null`,
  environment,
  timeout: 60 + locks,
  printsNoEnvironment: true,
});

/** The same step for packages that are held now: they are held again, also if it fails. */
export const despiteHold = (step: ShellStep, held: readonly string[], locks = lockPatience): ShellStep =>
  held.length === 0
    ? step
    : {
        ...step,
        sh: `${aptMark("unhold", held, locks).sh} || exit
(${step.sh}); code=$?
${aptMark("hold", held, locks).sh} || exit
exit $code`,
      };
