import path from "node:path";
import { absolutePath } from "../../queries/keys.ts";
import { content } from "../../queries/content.ts";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import { sysctlSettings, type SysctlSetting } from "../../queries/sysctl-settings.ts";
import {
  isStoredAs,
  normalizeSysctl,
  storedSysctl,
  sysctl as sysctlQuery,
  sysctlFile,
  type SysctlState,
} from "../../queries/sysctl.ts";
import { TaskError } from "../../errors.ts";
import { quote } from "../../shell/quote.ts";
import { checkWord } from "../../shell/text.ts";
import { differences, type Difference, type Needs, type Step } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";
import { editSteps, textOf, type TextFile } from "../files/edit-steps.ts";
import * as files from "../files/wanted-file.ts";
import { commentOut } from "./comment-out.ts";
import { contradictionDifferences, contradictions, withLine, withoutLine } from "./sysctl-file.ts";
import { presence, prop } from "../../tasks/properties.ts";

/** The properties of `sysctl`. */
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

interface SysctlNow extends TextFile {
  readonly live?: SysctlState;
  readonly settings?: readonly SysctlSetting[];
}

const isAbsent = ({ state }: SysctlProps): boolean => state === "absent";
const valueOf = ({ value = "" }: SysctlProps): string => normalizeSysctl(value);

const isMore = (live: string | undefined, { value, atLeast }: SysctlProps): boolean =>
  atLeast === true && Number(live) > Number(value);

const fileOf = ({ name, file }: SysctlProps): string =>
  `/etc/sysctl.d/${file ?? `90-kubeplay-${name.replaceAll("/", ".")}`}.conf`;
const lineOf = (p: SysctlProps): string => `${p.name} = ${valueOf(p)}`;

/** The desired text of its file; undefined if there must be none. */
function kept(now: TextFile, p: SysctlProps): string | undefined {
  const text = textOf(now, fileOf(p));
  if (isAbsent(p)) return now.text === undefined ? undefined : withoutLine(text, p.name);
  return withLine(text, lineOf(p));
}

/** In the order in which they are read at boot. */
const settingsAfter = ({ live, settings = [] }: SysctlNow, p: SysctlProps): SysctlSetting[] => {
  const own = { file: fileOf(p), line: lineOf(p), value: valueOf(p) };
  const wrong = contradicting(settings, p);
  if (isMore(live, p)) return settings.filter((one) => !wrong.includes(one));
  const left = settings.filter((one) => one.file !== own.file && !wrong.includes(one));
  return [...left, own].sort((a, b) => (path.basename(a.file) < path.basename(b.file) ? -1 : 1));
};
const contradicting = (settings: readonly SysctlSetting[] | undefined, p: SysctlProps): SysctlSetting[] =>
  contradictions(settings ?? [], { dest: fileOf(p), value: valueOf(p), atLeast: p.atLeast === true });

const options = (path: PathState, p: SysctlProps): files.FileOptions => ({
  dest: fileOf(p),
  mode: path.type === "file" ? path.mode : files.defaultMode,
});

/**
 * A kernel parameter, set now and at boot. A line of /etc that is read later and says otherwise becomes a comment. Fails
 * with TaskError for an invalid name, if the kernel has no such parameter, and if a later file outside /etc says
 * otherwise.
 *
 * @example
 * sysctl("Forward packets", { name: "net.ipv4.ip_forward", value: 1, file: "90-kubernetes" });
 */
export const sysctl = defineResource({
  kind: "sysctl",
  props: {
    name: prop.text,
    value: prop.optional(prop.either(prop.text, prop.number)),
    atLeast: prop.optional(prop.flag),
    file: prop.optional(prop.text),
    state: presence,
  },
  label: (p: SysctlProps) => p.name,
  locate: (p) => {
    sysctlFile(p.name);
    if (!isAbsent(p) && p.value === undefined) throw new TaskError(`${p.name}: a kernel parameter requires a value`);
    checkWord(valueOf(p), `${p.name}: the value`);
    if (p.file !== undefined && !/^[\w-][\w.-]{0,200}$/.test(p.file))
      throw new TaskError(`${p.name}: "${p.file}" is not the name of a file in /etc/sysctl.d without its suffix`);
    absolutePath(fileOf(p));
    return p;
  },
  needs: (p): Needs<SysctlNow> => ({
    ...(!isAbsent(p) && { live: sysctlQuery(p.name) }),
    path: pathQuery(fileOf(p)),
    text: content(fileOf(p)),
    ...(!isAbsent(p) && { settings: sysctlSettings(p.name) }),
  }),
  diff: (now, p) => {
    const { live, text, settings } = now;
    const desired = kept(now, p);
    const ownFile = text === desired ? [] : [{ what: fileOf(p), before: text, after: desired }];
    if (isAbsent(p)) return ownFile;
    return [
      ...(isMore(live, p) ? [] : [...valueDifferences(live, p), ...ownFile]),
      ...contradictionDifferences(contradicting(settings, p), fileOf(p)),
    ];
  },
  apply: (found, now, p) => {
    const { live, settings } = now;
    // Not in diff: an earlier task may load the module that brings the parameter, which check mode cannot see.
    if (!isAbsent(p) && live === undefined)
      throw new TaskError(`the kernel has no parameter ${p.name}: is the module that brings it loaded?`);
    const changed = (what: string): boolean => found.some((difference) => difference.what === what);
    return [
      ...(changed("value") ? [`printf '%s\\n' ${quote(valueOf(p))} > ${quote(sysctlFile(p.name))}`] : []),
      ...(changed(fileOf(p)) ? fileSteps(kept(now, p), now, p) : []),
      ...contradicting(settings, p).map(commentOut),
    ];
  },
  // Some parameters set others: net.ipv4.ip_forward resets all parameters of routers and hosts.
  effects: (p, found) => [
    ...(isAbsent(p) ? [] : [{ kind: "sysctl" }]),
    // Another file may be a link to /etc/sysctl.conf.
    ...(found.some(({ what }) => what.startsWith("/") && what !== fileOf(p)) ? [{ below: "/etc" }] : []),
  ],
  forecast: (now, p) => {
    const { path, live } = now;
    const settings = isAbsent(p) ? {} : { settings: settingsAfter(now, p) };
    if (!isAbsent(p) && isMore(live, p)) return { ...now, ...settings };
    const desired = kept(now, p);
    return {
      ...settings,
      ...(!isAbsent(p) && { live: storedSysctl(valueOf(p), live) }),
      path: desired === undefined ? files.absent : files.fileForecast(path, files.wantedOf(desired), options(path, p)),
      text: desired,
    };
  },
});

const valueDifferences = (live: string | undefined, p: SysctlProps): Difference[] =>
  live !== undefined && isStoredAs(valueOf(p), live) ? [] : differences({ value: [live, valueOf(p)] });

function fileSteps(desired: string | undefined, now: TextFile, p: SysctlProps): Step[] {
  if (desired === undefined) return files.removalSteps(fileOf(p), now.path);
  return ["mkdir -p /etc/sysctl.d", ...editSteps(now, desired, options(now.path, p))];
}
