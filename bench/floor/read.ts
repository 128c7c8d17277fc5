import { quote } from "#engine/shell/quote.ts";
import type { Workload } from "../workload/things.ts";

const words = (names: readonly string[]): string => names.map(quote).join(" ");

/** A script that reads the states that tell whether there is anything to do, with one process for each kind. */
export function readAll(things: Workload): string {
  const files = [
    ...things.templates.map(({ dest }) => dest),
    ...things.copies,
    ...things.units.map(({ name }) => `/etc/systemd/system/${name}`),
  ];
  const paths = [
    ...things.directories,
    ...files,
    ...things.links.map(({ dest }) => dest),
    ...things.commands.map(({ creates }) => creates),
  ];
  const units = things.units.map(({ name }) => name);
  return [
    `stat -c '%A %U %G %s %N' -- ${words(paths)}`,
    `sha256sum -- ${words(files)}`,
    `cat -- ${words([...new Set(things.lines.map(({ path }) => path))])}`,
    ...(things.users.length > 0 ? [`getent passwd -- ${words(things.users)}`] : []),
    ...(units.length > 0 ? [`systemctl show --property=Id,ActiveState,UnitFileState -- ${words(units)}`] : []),
  ].join(" && ");
}
