import { TaskError } from "../errors.ts";
import { defineQuery, type Query } from "./define.ts";
import { words } from "./keys.ts";

/** The state of a unit, in systemd's own words. */
export interface UnitState {
  /** The unit's own name: the queried name may be an alias. */
  readonly id: string;
  /** "loaded", "not-found", "masked", "bad-setting", "error". */
  readonly load: string;
  /** "active", "inactive", "failed", "activating", "deactivating", "reloading". */
  readonly active: string;
  /** "enabled", "disabled", "static", "masked" …; empty if there is no unit file. */
  readonly enablement: string;
  /** It starts at boot. False if it does so by links in /run only, which the boot removes. */
  readonly atBoot: boolean;
  /** Its unit file; empty if there is none. Undefined in a forecast that cannot know it. */
  readonly file?: string;
  /** The file that a generator made it from: /etc/fstab, a script of /etc/init.d; empty for others. */
  readonly source?: string;
  /** systemd has a job for it that has not finished: it may wait for another unit first. */
  readonly job: boolean;
  /** The file was changed after systemd read it. Of a template, that of an instance. */
  readonly needsReload: boolean;
  /** How often systemd restarted it within the last minute because it had ended. */
  readonly restarts: number;
}

/** The name with its suffix, ".service" by default. */
export const unitName = (name: string): string =>
  /\.(service|socket|timer|target|mount|automount|swap|path|slice|scope|device)$/.test(name) ? name : `${name}.service`;

/** The unit file of instances, such as echo@.service of echo@one.service. */
export const isTemplate = (name: string): boolean => /^[^@]+@\.[a-z]+$/.test(name);

const properties = [
  ...["Id", "LoadState", "ActiveState", "UnitFileState", "WantedBy", "RequiredBy", "UpheldBy"],
  ...["FragmentPath", "SourcePath", "Job", "NeedDaemonReload", "NRestarts"],
];
const show = (names: readonly string[], asked: readonly string[] = properties): string =>
  `systemctl show --no-pager --property=${asked.join(",")} -- ${words(names)} 2>&1`;

/** SD_MESSAGE_UNIT_RESTART_SCHEDULED. */
const restarted = "5eb03494b6584870a536b337290809b3";

/** systemd knows no template by itself, but what an instance would be. */
const anInstance = (template: string): string => template.replace("@.", "@kubeplay.");
const allInstances = (template: string): string => template.replace("@.", "@*.");

const of = defineQuery<UnitState>({
  kind: "unit",
  passing: ["restarts"],
  // Three parts, which end with NUL. The journal is read only if a unit was restarted since it was started.
  ask: (names) => {
    const templates = names.filter(isTemplate);
    return `
LC_ALL=C; export LC_ALL
answer=$(${show(names.map((name) => (isTemplate(name) ? anInstance(name) : name)))})
printf '%s\\0' "$answer"
case $answer in *NRestarts=[1-9]*)
  journalctl --quiet --no-pager --since=-1min --output=cat --output-fields=UNIT MESSAGE_ID=${restarted} 2>/dev/null ;;
esac
printf '\\0'
${templates.length === 0 ? "" : show(templates.map(allInstances), ["Id", "NeedDaemonReload"])}`;
  },
  // The blocks come in the order of the names; Id may be another name of the same unit.
  parse: (stdout, names) => {
    const [units = "", restarts = "", instances = ""] = stdout.split("\0");
    const blocks = blocksOf(units).filter((block) => block.has("LoadState") && block.has("ActiveState"));
    if (blocks.length !== names.length) throw new Error(`systemd did not answer: ${units.trim().slice(0, 300)}`);
    const ended = restarts.split("\n");
    const outdated = blocksOf(instances).filter((block) => block.get("NeedDaemonReload") === "yes");
    return new Map(
      names.flatMap((name, index) => {
        const block = blocks[index];
        return block ? [[name, isTemplate(name) ? templateOf(name, block, outdated) : stateOf(block, ended)]] : [];
      }),
    );
  },
});

/** A systemd unit. A name without a suffix means a service. Throws TaskError for a name that no unit can have. */
export const unit = (name: string): Query<UnitState> => of(validUnitName(name));

/** The name with its suffix. Throws TaskError for a name that no unit can have. */
export function validUnitName(name: string): string {
  if (typeof (name as unknown) !== "string") throw new TaskError("a unit has no name, expected a string");
  const full = unitName(name);
  // systemctl would take others for a path or a pattern.
  if (
    typeof (name as unknown) === "string" &&
    /^[\w:.\\@-]+$/.test(full) &&
    !/^(@|\.[a-z]+$)/.test(full) &&
    full.length <= 255
  )
    return full;
  const escaped = name.startsWith("/")
    ? `systemd-escape --path --suffix=mount prints the name of a mount point's unit`
    : `systemd-escape prints the escaped form of other characters`;
  throw new TaskError(
    `${JSON.stringify(name)} is not the name of a unit: expected up to 255 letters, digits and :-_.\\@; ${escaped}`,
  );
}

type Block = ReadonlyMap<string, string>;

const blocksOf = (text: string): Block[] =>
  text
    .trim()
    .split(/\n{2,}/)
    .map((block) => new Map(block.split("\n").map((line) => splitOnce(line, "="))));

function stateOf(block: Block, ended: readonly string[]): UnitState {
  const value = (name: string): string => block.get(name) ?? "";
  return {
    id: value("Id"),
    load: value("LoadState"),
    active: value("ActiveState"),
    enablement: value("UnitFileState"),
    atBoot: startsAtBoot(value("UnitFileState"), ["WantedBy", "RequiredBy", "UpheldBy"].map(value)),
    file: value("FragmentPath"),
    source: value("SourcePath"),
    job: value("Job") !== "",
    needsReload: value("NeedDaemonReload") === "yes",
    restarts: ended.filter((id) => id === block.get("Id")).length,
  };
}

/** Words such as static say nothing about the boot: such units start if others want them, and so do scripts of /etc/init.d. */
const startsAtBoot = (enablement: string, wantedBy: readonly string[]): boolean =>
  enablement === "enabled" ||
  (["static", "indirect", "generated", "linked"].includes(enablement) && wantedBy.some((units) => units !== ""));

function templateOf(name: string, block: Block, outdated: readonly Block[]): UnitState {
  const [before = "", after = ""] = allInstances(name).split("*");
  const isInstance = (id: string): boolean => id.startsWith(before) && id.endsWith(after);
  const needsReload = outdated.some((one) => isInstance(one.get("Id") ?? ""));
  return { ...stateOf(block, []), id: name, needsReload };
}

function splitOnce(line: string, separator: string): [string, string] {
  const index = line.indexOf(separator);
  return index < 0 ? [line, ""] : [line.slice(0, index), line.slice(index + separator.length)];
}
