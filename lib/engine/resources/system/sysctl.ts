import { content, type ContentState } from "../../queries/content.ts";
import { path, type PathState } from "../../queries/path.ts";
import { normalizeSysctl, sysctl as sysctlQuery, sysctlFile, type SysctlState } from "../../queries/sysctl.ts";
import { TaskError } from "../../errors.ts";
import { quote } from "../../shell/quote.ts";
import { differences, type Needs, type Step } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";
import * as files from "../files/wanted-file.ts";

export interface SysctlProps {
  /** With dots or slashes: "net.ipv4.ip_forward". */
  readonly name: string;
  /** Not used with state "absent". */
  readonly value?: string | number;
  /** A larger number is kept: something else needs it. */
  readonly atLeast?: boolean;
  /**
   * The file in /etc/sysctl.d, without its suffix, that sets the parameter at boot; several parameters may share one.
   */
  readonly file?: string;
  /**
   * "absent" removes the parameter from its file, and the file if it is then empty. The former value is not known, so
   * the live value stays until the next boot.
   */
  readonly state?: "present" | "absent";
}

interface SysctlNow {
  readonly live?: SysctlState;
  readonly path: PathState;
  readonly text: ContentState;
}

const isAbsent = ({ state }: SysctlProps): boolean => state === "absent";
const valueOf = ({ value = "" }: SysctlProps): string => normalizeSysctl(value);

const isMore = (live: string | undefined, { value, atLeast }: SysctlProps): boolean =>
  atLeast === true && Number(live) > Number(value);

const fileOf = ({ name, file }: SysctlProps): string =>
  `/etc/sysctl.d/${file ?? `90-kubeplay-${name.replaceAll("/", ".")}`}.conf`;
const lineOf = (p: SysctlProps): string => `${p.name} = ${valueOf(p)}`;
const isOf =
  ({ name }: SysctlProps) =>
  (line: string): boolean =>
    line.split("=")[0]?.trim() === name;

/** The file with this parameter's line in it, once; other lines stay. */
function withLine(text: string, p: SysctlProps): string {
  const lines = text.split("\n").filter((line) => line !== "");
  const place = lines.findIndex(isOf(p));
  const others = lines.filter((line) => !isOf(p)(line));
  return `${others.toSpliced(place < 0 ? others.length : place, 0, lineOf(p)).join("\n")}\n`;
}

/** The file without it; undefined if nothing is left. */
function withoutLine(text: string, p: SysctlProps): string | undefined {
  const lines = text.split("\n");
  const others = lines.filter((line) => !isOf(p)(line));
  if (others.length === lines.length) return text;
  return others.every((line) => line.trim() === "") ? undefined : others.join("\n");
}

/** The desired text of its file; undefined if there must be none. */
function kept(text: ContentState, p: SysctlProps): string | undefined {
  if (typeof text === "object") throw new TaskError(`${fileOf(p)} is not text, expected kernel parameters`);
  if (isAbsent(p)) return text === undefined ? undefined : withoutLine(text, p);
  return withLine(text ?? "", p);
}
const options = (path: PathState, p: SysctlProps): files.FileOptions => ({
  dest: fileOf(p),
  mode: path.type === "file" ? path.mode : files.defaultMode,
});

/**
 * A kernel parameter, set now and at boot. Fails with TaskError for an invalid name, and if the kernel has no such
 * parameter.
 *
 * @example
 * sysctl("Forward packets", { name: "net.ipv4.ip_forward", value: 1, file: "90-kubernetes" });
 */
export const sysctl = defineResource({
  kind: "sysctl",
  label: (p: SysctlProps) => p.name,
  locate: (p) => {
    if (!isAbsent(p) && p.value === undefined) throw new TaskError(`${p.name}: a kernel parameter requires a value`);
    return p;
  },
  needs: (p): Needs<SysctlNow> => ({
    ...(!isAbsent(p) && { live: sysctlQuery(p.name) }),
    path: path(fileOf(p)),
    text: content(fileOf(p)),
  }),
  diff: ({ live, text }, p) => {
    if (!isAbsent(p) && isMore(live, p)) return [];
    const desired = kept(text, p);
    return [
      ...(isAbsent(p) ? [] : differences({ value: [live, valueOf(p)] })),
      ...(text === desired ? [] : [{ what: fileOf(p), before: text, after: desired }]),
    ];
  },
  apply: (found, { live, path, text }, p) => {
    // Not in diff: an earlier task may load the module that brings the parameter, which check mode cannot see.
    if (!isAbsent(p) && live === undefined)
      throw new TaskError(`the kernel has no parameter ${p.name}: is the module that brings it loaded?`);
    const changed = (what: string): boolean => found.some((difference) => difference.what === what);
    return [
      ...(changed("value") ? [`printf '%s\\n' ${quote(valueOf(p))} > ${quote(sysctlFile(p.name))}`] : []),
      ...(changed(fileOf(p)) ? fileSteps(kept(text, p), path, p) : []),
    ];
  },
  // Some parameters set others: net.ipv4.ip_forward resets all parameters of routers and hosts.
  effects: (p) => (isAbsent(p) ? [] : [{ kind: "sysctl" }]),
  forecast: ({ path, text }, p) => {
    const desired = kept(text, p);
    return {
      ...(!isAbsent(p) && { live: valueOf(p) }),
      path: desired === undefined ? files.absent : files.fileForecast(path, files.wantedOf(desired), options(path, p)),
      text: desired,
    };
  },
});

function fileSteps(desired: string | undefined, path: PathState, p: SysctlProps): Step[] {
  if (desired === undefined) return files.removalSteps(fileOf(p));
  const write = [{ what: "content", before: undefined, after: desired }];
  return ["mkdir -p /etc/sysctl.d", ...files.fileSteps(write, path, files.wantedOf(desired), options(path, p))];
}
