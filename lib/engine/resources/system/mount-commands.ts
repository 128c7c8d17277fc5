import { quote } from "../../shell/quote.ts";
import { makeFolderOf } from "../files/path-commands.ts";
import type { FstabEntry } from "./fstab.ts";

/** Whether it is a path of the host, and not a name that only the type knows, such as the tag of a shared folder. */
export const hasLocalSource = ({ src, type }: FstabEntry): boolean =>
  /^\/(?!\/)/.test(src) && !/^(9p|virtiofs)$/.test(type);

/** mount and umount take paths by their names: nobody else must be able to swap them. */
const alone = (path: string): string => `kubeplay_alone ${quote(path)} && cd /`;

function sourceAlone(src: string): string {
  const missing = `printf '%s does not exist\\n' ${quote(src)} >&2`;
  return `{ [ -e ${quote(src)} ] || { ${missing}; false; }; } && kubeplay_alone_to_end ${quote(src)} && cd /`;
}

const mountWith = ({ src, path }: FstabEntry, more: readonly string[]): string =>
  ["mount", ...more.map(quote), "--", quote(src), quote(path)].join(" ");

/** The kernel lists a mount by its path without links: through a link, each run would mount once more. */
export function mountCommand(entry: FstabEntry): string {
  const path = quote(entry.path);
  const problem = `${entry.path} leads over a link: write the path without it: `;
  return [
    `{ [ -e ${path} ] || (umask 022 && ${makeFolderOf(`${entry.path}/.`)}); }`,
    `real=$(readlink -f -- ${path})`,
    `{ [ "$real" = ${path} ] || { printf '%s%s\\n' ${quote(problem)} "$real" >&2; exit 1; }; }`,
    alone(entry.path),
    ...(hasLocalSource(entry) ? [sourceAlone(entry.src)] : []),
    mountWith(entry, ["-t", entry.type, "-o", entry.options]),
  ].join(" && ");
}

/** Without "bind", the new options of a bind, such as "ro", would be those of the whole file system behind it. */
export const remountCommand = (entry: FstabEntry): string =>
  `${alone(entry.path)} && ${mountWith(entry, ["-o", `remount,${entry.options.replace(/\brbind\b/, "bind")}`])}`;

export const unmountCommand = (path: string): string => `${alone(path)} && umount ${quote(path)}`;
