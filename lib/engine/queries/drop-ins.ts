import path from "node:path";
import { defineQuery, type Query } from "./define.ts";
import { words } from "./keys.ts";
import { validUnitName } from "./unit.ts";

/** A drop-in of a unit, with what it sets. */
export interface DropIn {
  readonly file: string;
  readonly settings: readonly UnitSetting[];
}

export interface UnitSetting {
  /** The section and the key, such as "Service.Restart". */
  readonly name: string;
  readonly value: string;
}

/** Where drop-ins lie; those that systemctl itself writes are in system.control. */
const folders = [
  "/etc/systemd/system",
  "/run/systemd/system",
  "/usr/lib/systemd/system",
  "/etc/systemd/system.control",
];

const of = defineQuery<readonly DropIn[]>({
  kind: "drop-ins",
  // One grep for all; a file's name ends with NUL.
  ask: (names) => {
    const all = folders.flatMap((folder) => names.map((name) => `${words([`${folder}/${name}.d`])}/*.conf`));
    return `LC_ALL=C grep -sHZ '' -- ${all.join(" ")}`;
  },
  parse: (stdout, names) => {
    const texts = new Map<string, string[]>();
    for (const line of stdout.split("\n")) {
      const [file, text] = line.split("\0");
      if (file && text !== undefined) texts.set(file, [...(texts.get(file) ?? []), text]);
    }
    const all = [...texts].map(([file, lines]) => ({ file, settings: unitSettings(lines.join("\n")) }));
    const isOf = (name: string, file: string): boolean => path.basename(path.dirname(file)) === `${name}.d`;
    return new Map(names.map((name) => [name, all.filter(({ file }) => isOf(name, file))]));
  },
});

/** The drop-ins of a unit by its name, in no order. Throws TaskError for a name that no unit can have. */
export const dropIns = (name: string): Query<readonly DropIn[]> => of(validUnitName(name));

/** The settings of a unit file or a drop-in. */
export function unitSettings(text: string): UnitSetting[] {
  const settings: UnitSetting[] = [];
  let section = "";
  for (const line of text.replaceAll("\\\n", " ").split("\n")) {
    section = /^\[(.*)\]\s*$/.exec(line)?.[1] ?? section;
    const [, key, value = ""] = /^([A-Za-z0-9-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined) settings.push({ name: `${section}.${key}`, value });
  }
  return settings;
}
