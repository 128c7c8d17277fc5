import { defineQuery, type Query } from "./define.ts";
import { words } from "./keys.ts";

/** The state of a unit, in systemd's own words. */
export interface UnitState {
  /** "loaded", "not-found", "masked", "bad-setting", "error". */
  readonly load: string;
  /** "active", "inactive", "failed", "activating", "deactivating", "reloading". */
  readonly active: string;
  readonly sub: string;
  /** "enabled", "disabled", "static", "masked" …; empty if there is no unit file. */
  readonly enablement: string;
  /** systemd has a job for it that has not finished: it may wait for another unit first. */
  readonly job: boolean;
  /** The file was changed after systemd read it. */
  readonly needsReload: boolean;
}

/** The name with its suffix, ".service" by default. */
export const unitName = (name: string): string =>
  /\.(service|socket|timer|target|mount|automount|swap|path|slice|scope|device)$/.test(name) ? name : `${name}.service`;

const properties = "LoadState,ActiveState,SubState,UnitFileState,Job,NeedDaemonReload";

const of = defineQuery<UnitState>({
  kind: "unit",
  ask: (names) => `LC_ALL=C systemctl show --no-pager --property=Id,${properties} -- ${words(names)} 2>&1`,
  // The blocks come in the order of the names; Id may be another name of the same unit.
  parse: (stdout, names) => {
    const blocks = stdout.trim().split(/\n{2,}/);
    const states = blocks.map(readBlock).filter((state) => state !== undefined);
    if (states.length !== names.length) throw new Error(`systemd did not answer: ${stdout.trim().slice(0, 300)}`);
    return new Map(names.flatMap((name, index) => (states[index] ? [[name, states[index]]] : [])));
  },
});

/** A systemd unit. A name without a suffix means a service. */
export const unit = (name: string): Query<UnitState> => of(unitName(name));

function readBlock(block: string): UnitState | undefined {
  const values = new Map(block.split("\n").map((line) => splitOnce(line, "=")));
  const load = values.get("LoadState");
  const active = values.get("ActiveState");
  if (load === undefined || active === undefined) return undefined;
  return {
    load,
    active,
    sub: values.get("SubState") ?? "",
    enablement: values.get("UnitFileState") ?? "",
    job: (values.get("Job") ?? "") !== "",
    needsReload: values.get("NeedDaemonReload") === "yes",
  };
}

function splitOnce(line: string, separator: string): [string, string] {
  const index = line.indexOf(separator);
  return index < 0 ? [line, ""] : [line.slice(0, index), line.slice(index + separator.length)];
}
