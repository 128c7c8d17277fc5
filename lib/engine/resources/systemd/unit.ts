import path from "node:path";
import { TaskError } from "../../errors.ts";
import { path as pathQuery } from "../../queries/path.ts";
import { unit as unitQuery, unitName } from "../../queries/unit.ts";
import { quote } from "../../shell/quote.ts";
import { isSecretTemplate, renderTemplate } from "../../template/render.ts";
import type { Difference } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";
import * as files from "../files/wanted-file.ts";

export interface UnitProps {
  /** With its suffix: "etcd.service"; without one it is a service's. */
  readonly name: string;
  readonly content?: string;
  /** A template in the role's templates/ folder, in place of `content`. */
  readonly src?: string;
  readonly values?: object;
  /** Writes NAME.d/DROPIN.conf, which adds to a unit that somebody else wrote. */
  readonly dropIn?: string;
  /** Its content is shown nowhere. */
  readonly secret?: boolean;
  readonly state?: "present" | "absent";
}

const isAbsent = ({ state }: UnitProps): boolean => state === "absent";
const folder = (p: UnitProps): string => `/etc/systemd/system/${unitName(p.name)}`;
const options = (p: UnitProps): files.FileOptions => ({
  dest: p.dropIn === undefined ? folder(p) : `${folder(p)}.d/${p.dropIn}.conf`,
  ...(p.secret !== undefined && { secret: p.secret }),
});
const wanted = files.once((p: UnitProps) =>
  files.wantedOf(p.src === undefined ? (p.content ?? "") : renderTemplate(p.src, p.values ?? {})),
);
const notRead = "read by systemd";

/** A unit of systemd's, or a drop-in for one, written to /etc/systemd/system and read by it. */
export const unit = defineResource({
  kind: "unit",
  label: (p: UnitProps) => (p.dropIn === undefined ? unitName(p.name) : `${unitName(p.name)}.d/${p.dropIn}.conf`),
  locate: (p, roleFolder) => {
    if (!isAbsent(p) && (p.content === undefined) === (p.src === undefined))
      throw new TaskError(`${unitName(p.name)}: a unit takes either content or src`);
    if (p.src === undefined) return p;
    const src = path.resolve(roleFolder, "templates", p.src);
    const located = { ...p, src, ...(isSecretTemplate(src) && { secret: true }) };
    wanted(located);
    return located;
  },
  needs: (p) => ({ file: pathQuery(options(p).dest), unit: unitQuery(p.name) }),
  diff: ({ file, unit }, p): Difference[] => {
    const found = isAbsent(p)
      ? files.removalDifferences(file, options(p).dest)
      : files.fileDifferences(file, wanted(p), options(p));
    // The run that wrote it may have been cut off before systemd read it.
    return found.length === 0 && unit.needsReload ? [{ what: notRead, before: false, after: true }] : found;
  },
  apply: (found, { file }, p) => {
    const written = found.filter(({ what }) => what !== notRead);
    return [
      ...(p.dropIn !== undefined && !isAbsent(p) ? [`umask 022 && mkdir -p -- ${quote(`${folder(p)}.d`)}`] : []),
      ...(written.length === 0
        ? []
        : isAbsent(p)
          ? files.removalSteps(options(p).dest)
          : files.fileSteps(written, file, wanted(p), options(p))),
    ];
  },
  // What systemd has never heard of it reads when it is first asked for it.
  together: (_found, { unit }, p) =>
    unit.load === "not-found" && !unit.needsReload && p.dropIn === undefined && !isAbsent(p)
      ? []
      : ["systemctl daemon-reload"],
  forecast: ({ file, unit }, p) => {
    const read = { ...unit, needsReload: false };
    if (isAbsent(p)) {
      const gone = { ...read, load: "not-found", enablement: "" };
      return { file: files.absent, unit: p.dropIn === undefined ? gone : read };
    }
    const written = files.fileForecast(file, wanted(p), options(p));
    if (p.dropIn !== undefined) return { file: written, unit: read };
    // Links that enable it stay, whatever becomes of its [Install].
    const isLinked = !["", "static", "disabled"].includes(unit.enablement) && !unit.enablement.startsWith("masked");
    const installable = /^\[Install\]/m.test(wanted(p).text ?? "");
    const enablement = isLinked ? unit.enablement : installable ? "disabled" : "static";
    return { file: written, unit: { ...read, load: "loaded", enablement } };
  },
  // systemd reads all units again.
  effects: (p) => [
    { kind: "unit" },
    ...(isAbsent(p) ? files.removalEffects(options(p).dest) : files.fileEffects(options(p), wanted(p))),
  ],
});
