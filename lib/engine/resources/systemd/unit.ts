import path from "node:path";
import { TaskError } from "../../errors.ts";
import { dropIns as dropInsQuery } from "../../queries/drop-ins.ts";
import { path as pathQuery } from "../../queries/path.ts";
import { unit as unitQuery, unitName, validUnitName, type UnitState } from "../../queries/unit.ts";
import { quote } from "../../shell/quote.ts";
import { isSecretTemplate, renderTemplate } from "../../template/render.ts";
import type { Difference } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";
import { checkPermissions } from "../files/permissions.ts";
import * as files from "../files/wanted-file.ts";
import { enablementOf } from "./enablement.ts";
import { overriddenBy } from "./overridden.ts";
import { presence, prop } from "../../tasks/properties.ts";

/** The properties of `unit`. */
export interface UnitProps {
  /** "etcd.service", "backup.timer", "echo@.service"; a name without a suffix means a service. */
  readonly name: string;
  /** The text of the unit file. */
  readonly content?: string;
  /** In place of `content`, a template: absolute, or in the role's templates/ folder. */
  readonly src?: string;
  /** The values for the template. */
  readonly values?: object;
  /** Writes the drop-in NAME.d/DROPIN.conf, which adds to an existing unit, instead of the unit file. */
  readonly dropIn?: string;
  /** Of the unit file or drop-in; 0o644 by default. */
  readonly mode?: number;
  /** A command that must exit with 0 before the file is put in place; `%s` is the new file. */
  readonly validate?: string;
  /** The content is never shown. */
  readonly secret?: boolean;
  readonly state?: "present" | "absent";
}

const isAbsent = ({ state }: UnitProps): boolean => state === "absent";
const folder = (p: UnitProps): string => `/etc/systemd/system/${unitName(p.name)}`;
const options = (p: UnitProps): files.FileOptions => ({
  dest: p.dropIn === undefined ? folder(p) : `${folder(p)}.d/${p.dropIn}.conf`,
  ...(p.mode !== undefined && { mode: p.mode }),
  ...(p.secret !== undefined && { secret: p.secret }),
  ...(p.validate !== undefined && { validate: p.validate }),
});
const wanted = files.once((p: UnitProps) =>
  files.wantedOf(p.src === undefined ? (p.content ?? "") : renderTemplate(p.src, p.values ?? {})),
);
const notRead = "read by systemd";

const removed = (unit: UnitState): UnitState => ({
  ...unit,
  ...{ load: "not-found", enablement: "", atBoot: false, file: "", source: "" },
});

/** Links that enable it stay, even if [Install] changes. */
function loaded(unit: UnitState, p: UnitProps): UnitState {
  const isEnabled = unit.enablement.startsWith("enabled");
  const enablement = isEnabled ? unit.enablement : enablementOf(wanted(p).text ?? "");
  const atBoot = enablement === "disabled" ? false : unit.atBoot;
  return { ...unit, load: "loaded", enablement, atBoot, file: folder(p), source: "" };
}

/**
 * A systemd unit file or a drop-in in /etc/systemd/system, owned by root. systemd reads its units again after a change.
 * Fails with TaskError if neither or both of `content` and `src` are given.
 *
 * @example
 * unit("Write the unit of etcd", { name: "etcd.service", src: "etcd.service.hbs", values: { dataDir } });
 */
export const unit = defineResource({
  kind: "unit",
  props: {
    name: prop.text,
    content: prop.optional(prop.text),
    src: prop.optional(prop.text),
    values: prop.optional(prop.object),
    dropIn: prop.optional(prop.text),
    mode: prop.optional(prop.mode),
    validate: prop.optional(prop.text),
    secret: prop.optional(prop.flag),
    state: presence,
  },
  label: (p: UnitProps) => (p.dropIn === undefined ? unitName(p.name) : `${unitName(p.name)}.d/${p.dropIn}.conf`),
  locate: (p, roleFolder) => {
    validUnitName(p.name);
    if (p.dropIn !== undefined && !/^[^/\0\n]+$/.test(p.dropIn))
      throw new TaskError(`"${p.dropIn}" is not the name of a drop-in, expected a file name without .conf`);
    if (!isAbsent(p) && (p.content === undefined) === (p.src === undefined))
      throw new TaskError(`${unitName(p.name)}: a unit requires either content or src`);
    checkPermissions(options(p).dest, p);
    if (p.src === undefined) return p;
    const src = path.resolve(roleFolder, "templates", p.src);
    const located = { ...p, src, ...(isSecretTemplate(src) && { secret: true }) };
    wanted(located);
    return located;
  },
  needs: (p) => ({ file: pathQuery(options(p).dest), unit: unitQuery(p.name), dropIns: dropInsQuery(p.name) }),
  diff: ({ file, unit }, p): Difference[] => {
    const found = isAbsent(p)
      ? files.removalDifferences({ path: file }, options(p).dest)
      : files.fileDifferences(file, wanted(p), options(p));
    // An earlier run may have been cut off before systemd read the file.
    return found.length === 0 && unit.needsReload ? [{ what: notRead, before: false, after: true }] : found;
  },
  apply: (found, { file }, p) => {
    const written = found.filter(({ what }) => what !== notRead);
    return [
      ...(p.dropIn !== undefined && !isAbsent(p) ? [`umask 022 && mkdir -p -- ${quote(`${folder(p)}.d`)}`] : []),
      ...(written.length === 0
        ? []
        : isAbsent(p)
          ? files.removalSteps(options(p).dest, file)
          : files.fileSteps(written, file, wanted(p), options(p))),
    ];
  },
  // systemd reads an unknown unit when it is first needed, but not one that it remembers as failed (EBUSY).
  together: (_found, { unit }, p) =>
    unit.load === "not-found" &&
    unit.active === "inactive" &&
    !unit.needsReload &&
    p.dropIn === undefined &&
    !isAbsent(p)
      ? []
      : ["systemctl daemon-reload"],
  warnings: ({ dropIns }, p) =>
    isAbsent(p)
      ? []
      : overriddenBy(dropIns, wanted(p).text ?? "", p.dropIn === undefined ? undefined : options(p).dest),
  forecast: ({ file, unit }, p) => {
    const read = { ...unit, needsReload: false };
    if (isAbsent(p)) return { file: files.absent, unit: p.dropIn === undefined ? removed(read) : read };
    const written = files.fileForecast(file, wanted(p), options(p));
    return { file: written, unit: p.dropIn === undefined ? loaded(read, p) : read };
  },
  // systemd reads all units again.
  effects: (p) => [
    { kind: "unit" },
    ...(isAbsent(p) ? files.removalEffects(options(p).dest) : files.fileEffects(options(p), wanted(p))),
  ],
});
