import { content } from "../queries/content.ts";
import { path, type PathState } from "../queries/path.ts";
import { normalizeSysctl, sysctl as sysctlQuery, sysctlFile } from "../queries/sysctl.ts";
import { TaskError } from "../errors.ts";
import { quote } from "../shell/quote.ts";
import { differences } from "./define.ts";
import { defineResource } from "./task.ts";
import * as files from "./wanted-file.ts";

export interface SysctlProps {
  readonly name: string;
  readonly value: string | number;
  /** A number that is more already stays as it is: somebody else needs it. */
  readonly atLeast?: boolean;
  /** The file of /etc/sysctl.d that keeps it over a boot, without its suffix; several parameters may share one. */
  readonly file?: string;
}

const isMore = (live: string | undefined, { value, atLeast }: SysctlProps): boolean =>
  atLeast === true && Number(live) > Number(value);

const fileOf = ({ name, file }: SysctlProps): string =>
  `/etc/sysctl.d/${file ?? `90-kubeplay-${name.replaceAll("/", ".")}`}.conf`;
const lineOf = ({ name, value }: SysctlProps): string => `${name} = ${normalizeSysctl(value)}`;

/** The file with this parameter's line in it, once; the lines of others stay. */
function withLine(text: string, p: SysctlProps): string {
  const lines = text.split("\n").filter((line) => line !== "");
  const isIt = (line: string): boolean => line.split("=")[0]?.trim() === p.name;
  const place = lines.findIndex(isIt);
  const others = lines.filter((line) => !isIt(line));
  return `${others.toSpliced(place < 0 ? others.length : place, 0, lineOf(p)).join("\n")}\n`;
}

const kept = (text: unknown, p: SysctlProps): string => withLine(typeof text === "string" ? text : "", p);
const options = (path: PathState, p: SysctlProps): files.FileOptions => ({
  dest: fileOf(p),
  mode: path.type === "file" ? path.mode : files.defaultMode,
});

/** A parameter of the kernel, now and after a boot. */
export const sysctl = defineResource({
  kind: "sysctl",
  label: (p: SysctlProps) => p.name,
  needs: (p) => ({ live: sysctlQuery(p.name), path: path(fileOf(p)), text: content(fileOf(p)) }),
  diff: ({ live, text }, p) =>
    isMore(live, p)
      ? []
      : [
          ...differences({ value: [live, normalizeSysctl(p.value)] }),
          ...(text === kept(text, p) ? [] : [{ what: fileOf(p), before: text, after: kept(text, p) }]),
        ],
  apply: (found, { live, path, text }, p) => {
    // Only now: the module that brings it may have been loaded by the task before, which check mode cannot see.
    if (live === undefined)
      throw new TaskError(`the kernel has no parameter ${p.name}: is the module that brings it loaded?`);
    const changed = (what: string): boolean => found.some((difference) => difference.what === what);
    const wanted = files.wantedOf(kept(text, p));
    const write = [{ what: "content", before: text, after: wanted.text }];
    return [
      ...(changed("value") ? [`printf '%s\\n' ${quote(normalizeSysctl(p.value))} > ${quote(sysctlFile(p.name))}`] : []),
      ...(changed(fileOf(p))
        ? ["mkdir -p /etc/sysctl.d", ...files.fileSteps(write, path, wanted, options(path, p))]
        : []),
    ];
  },
  // Some set others: net.ipv4.ip_forward resets all that a router or a host has.
  effects: () => [{ kind: "sysctl" }],
  forecast: ({ path, text }, p) => ({
    live: normalizeSysctl(p.value),
    path: files.fileForecast(path, files.wantedOf(kept(text, p)), options(path, p)),
    text: kept(text, p),
  }),
});
