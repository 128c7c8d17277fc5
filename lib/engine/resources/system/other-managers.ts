import { TaskError } from "../../errors.ts";
import type { PackageState } from "../../queries/package.ts";
import { listsFreshOf, listsStamp, packageManager, type PackageManager } from "../../shell/package-managers/index.ts";
import { quote } from "../../shell/quote.ts";
import type { ShellStep } from "../../tasks/resource.ts";
import { lockPatience } from "./apt.ts";
import type { WantedPackage } from "./wanted-package.ts";

/** What is done to packages that are installed by another package manager than apt. */
export interface OtherWork {
  readonly verb: "install" | "latest" | "remove" | "none";
  readonly names: readonly string[];
  /** Package lists count as fresh for so many seconds. */
  readonly cacheValid: number;
  /** The seconds to wait for another program that holds the package manager's lock. */
  readonly locks?: number | undefined;
  /** The names to release before, and those to hold afterwards. */
  readonly unhold: readonly string[];
  readonly hold: readonly string[];
}

/** The package manager of a host that has no apt, by what it answered for its packages. */
export function otherManager(states: readonly PackageState[]): PackageManager | undefined {
  const name = states.find(({ manager }) => manager !== undefined)?.manager;
  return name === undefined ? undefined : packageManager(name);
}

/** A package's argument. Throws TaskError for what the package manager cannot do. */
export function argumentOf(manager: PackageManager, wanted: WantedPackage): string {
  if (wanted.file !== undefined)
    throw new TaskError(`${wanted.file} is a Debian package, and this host has ${manager.name}: expected a name`);
  const [name = "", architecture] = wanted.name.split(":");
  const { version } = wanted;
  return manager.argument({
    name,
    ...(architecture !== undefined && { architecture }),
    ...(version !== undefined && { version }),
  });
}

/** Throws TaskError for holds that the package manager does not have. */
export function checkHold(manager: PackageManager, hold: boolean | undefined): void {
  if (hold !== undefined && manager.held === undefined)
    throw new TaskError(
      `${manager.name} has no holds: leave hold out, or name the version, as in names: ["curl=8.14.1-r1"]`,
    );
}

const words = (names: readonly string[]): string => names.map(quote).join(" ");

/** One shell step for everything. What was released for a new version is held again, also if that fails. */
export function otherStep(manager: PackageManager, work: OtherWork): ShellStep {
  const { verb, names, cacheValid, locks = lockPatience, unhold, hold } = work;
  const main =
    verb === "none" ? ":" : verb === "remove" ? `remove ${words(names)}` : `with_lists ${verb} ${words(names)}`;
  const script = `lock_patience=${String(locks)}
${listsFreshOf(manager)}${manager.functions}
fetch() { update && mkdir -p ${quote(listsStamp.replace(/\/[^/]*$/, ""))} && touch ${listsStamp}; }
# An error of the first try matters only if new lists do not help.
with_lists() {
  if lists_fresh ${String(Math.ceil(cacheValid / 60))} && "$@" 2>/dev/null; then return; fi
  fetch && "$@"
}
${unhold.length > 0 ? `unhold ${words(unhold)} || exit\n` : ""}(${main}); code=$?
${hold.length > 0 ? `hold ${words(hold)} || exit\n` : ""}exit $code`;
  return {
    sh: `sh -c ${quote(script)} </dev/null`,
    environment: { LC_ALL: "C" },
    timeout: 1800 + 2 * locks,
    printsNoEnvironment: true,
  };
}
