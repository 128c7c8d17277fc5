import { TaskError } from "../../errors.ts";
import { alternative as query, type AlternativeState } from "../../queries/alternative.ts";
import { absolutePath } from "../../queries/keys.ts";
import { path as pathQuery } from "../../queries/path.ts";
import { quote } from "../../shell/quote.ts";
import { differences, requirement, type Difference, type Requirement } from "../../tasks/resource.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { folderOf } from "../files/requirements.ts";

/** The properties of `alternative`. */
export interface AlternativeProps {
  /** As for update-alternatives: "editor". */
  readonly name: string;
  /** The program that it stands for, as an absolute path. Not used with state "auto". */
  readonly path?: string;
  /** The link of the name, such as "/usr/bin/editor": with `priority`, adds a path that no package has added. */
  readonly link?: string;
  /** Of the path that is added. */
  readonly priority?: number;
  /** "auto": the path with the highest priority, also of those that packages add later. */
  readonly state?: "selected" | "auto";
}

interface AlternativeNow {
  readonly now: AlternativeState;
}

/**
 * Which program a name of Debian's alternatives stands for. The task fails for a name that does not exist, and for a
 * path that is none of its choices and has no `link` and `priority` to add it with.
 *
 * @example
 * alternative("Edit with vim", { name: "editor", path: "/usr/bin/vim.basic" });
 */
export const alternative = defineResource({
  kind: "alternative",
  props: {
    name: prop.text,
    path: prop.optional(prop.text),
    link: prop.optional(prop.text),
    priority: prop.optional(prop.number),
    state: prop.optional(prop.oneOf("selected", "auto")),
  },
  label: (p: AlternativeProps) => p.name,
  locate: (p) => {
    if (!/^[A-Za-z0-9_.+][A-Za-z0-9_.+@-]*$/.test(p.name))
      throw new TaskError(`${JSON.stringify(p.name)} is not a name of alternatives, expected one such as editor`);
    if (isAuto(p) !== (p.path === undefined))
      throw new TaskError(`${p.name}: an alternative requires a path, or state "auto" without one`);
    if ((p.link === undefined) !== (p.priority === undefined) || (isAuto(p) && p.link !== undefined))
      throw new TaskError(`${p.name}: link and priority belong together, and to a path`);
    if (p.priority !== undefined && !Number.isInteger(p.priority))
      throw new TaskError(`${p.name}: the priority is ${String(p.priority)}, expected a whole number`);
    return {
      ...p,
      ...(p.path !== undefined && { path: absolutePath(p.path) }),
      ...(p.link !== undefined && { link: absolutePath(p.link) }),
    };
  },
  needs: (p) => ({ now: query(p.name) }),
  diff: ({ now }: AlternativeNow, p): Difference[] =>
    isAuto(p)
      ? differences({ auto: [now?.auto, true] })
      : differences({
          priority: [now?.choices[p.path ?? ""], p.priority],
          path: [now?.value, p.path],
          auto: [now?.auto ?? true, false],
        }),
  apply: (found, { now }, { name, path = "", link, priority, ...p }) => {
    const missing = problem(now, { name, path, ...p, ...(link !== undefined && { link }) });
    if (missing !== undefined) throw new TaskError(missing);
    const [own, program] = [quote(name), quote(path)];
    if (isAuto(p)) return [`update-alternatives --quiet --auto ${own}`];
    return [
      ...(link !== undefined && found.some(({ what }) => what === "priority")
        ? [`update-alternatives --quiet --install ${quote(link)} ${own} ${program} ${String(priority)}`]
        : []),
      `update-alternatives --quiet --set ${own} ${program}`,
    ];
  },
  forecast: ({ now }, p) => {
    const choices = {
      ...now?.choices,
      ...(p.path !== undefined && p.priority !== undefined && { [p.path]: p.priority }),
    };
    const [best] = Object.entries(choices).sort(([, a], [, b]) => b - a);
    const value = isAuto(p) ? best?.[0] : p.path;
    return { now: { auto: isAuto(p), choices, ...(value !== undefined && { value }) } };
  },
  requires: (p) => [
    requirement(query(p.name), (now) => problem(now, p), "add a packages task before it"),
    ...(p.link === undefined || p.path === undefined ? [] : [...folderOf(p.link), programThere(p.path)]),
  ],
  effects: () => ["everything"],
  makesOnlyItself: true,
});

/** What is missing for a choice that this task does not add itself. */
function problem(now: AlternativeState, p: AlternativeProps): string | undefined {
  if (p.link !== undefined || (now && (isAuto(p) || Object.hasOwn(now.choices, p.path ?? "")))) return undefined;
  if (!now) return `there are no alternatives for ${p.name}`;
  return `${p.path ?? ""} is no alternative for ${p.name}, expected ${Object.keys(now.choices).join(" or ")}: link and priority would add it`;
}

/** update-alternatives adds no path that does not exist. */
const programThere = (path: string): Requirement =>
  requirement(
    pathQuery(path),
    ({ type }) => (type === "absent" ? `there is no ${path}` : undefined),
    "add a task that brings it before it",
  );

const isAuto = ({ state }: Pick<AlternativeProps, "state">): boolean => state === "auto";
