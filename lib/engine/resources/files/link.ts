import { TaskError } from "../../errors.ts";
import { content } from "../../queries/content.ts";
import { digest } from "../../queries/digest.ts";
import { absolutePath, longestPath } from "../../queries/keys.ts";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import { quote } from "../../shell/quote.ts";
import { checkWord } from "../../shell/text.ts";
import { enterFolderOf, here, nameOf, same } from "./path-commands.ts";
import { isKnownLater, removalLater, removalNeeds, type RemovalState } from "./to-come.ts";
import { removalSteps } from "./wanted-file.ts";
import { effect, unknown, type Difference, type Needs } from "../../tasks/resource.ts";
import { folderOf } from "./requirements.ts";
import { defineResource } from "../../tasks/task.ts";
import { presence, prop } from "../../tasks/properties.ts";

/** The properties of `link`. */
export interface LinkProps {
  /** Absolute path of the link on the host. */
  readonly dest: string;
  /** The target exactly as in the link; it need not exist. Not used with state "absent". */
  readonly target?: string;
  readonly state?: "present" | "absent";
}

/**
 * A symbolic link. It only replaces another link: fails with TaskError if a file or directory is in its place.
 *
 * @example
 * link("Use this version", { dest: "/opt/etcd", target: "/opt/etcd-3.7.3" });
 */
export const link = defineResource({
  kind: "link",
  props: {
    dest: prop.text,
    target: prop.optional(prop.text),
    state: presence,
  },
  label: (p: LinkProps) => p.dest,
  locate: (p) => {
    if (p.state !== "absent" && !p.target) throw new TaskError(`${p.dest}: a link requires a target`);
    checkWord(p.target ?? "", `${p.dest}: the target`);
    if (Buffer.byteLength(p.target ?? "") > longestPath)
      throw new TaskError(`${p.dest}: the target is longer than ${String(longestPath)} bytes`);
    return { ...p, dest: absolutePath(p.dest) };
  },
  needs: (p): Needs<RemovalState> => (p.state === "absent" ? removalNeeds(p.dest) : { path: pathQuery(p.dest) }),
  diff: (state, p): Difference[] => {
    if (p.state === "absent" && isKnownLater(state)) return [{ ...removalLater, what: "target", desired: undefined }];
    const now = state.path;
    if (now.type !== "absent" && now.type !== "link" && now.type !== "other")
      throw new TaskError(`${p.dest} is a ${now.type}, expected a link or nothing: move it away first`);
    const target = now.type === "link" ? now.target : undefined;
    const wanted = p.state === "absent" ? undefined : p.target;
    return target === wanted && now.type !== "other" ? [] : [{ what: "target", before: target, after: wanted }];
  },
  apply: (_found, { path: now }, p) => {
    if (p.state === "absent") return removalSteps(p.dest, now);
    return linkSteps(p.dest, p.target ?? "", now);
  },
  forecast: (_now, p) => ({ path: after(p) }),
  requires: (p) => (p.state === "absent" ? [] : folderOf(p.dest)),
  effects: (p) => [
    effect(pathQuery(p.dest), after(p)),
    effect(content(p.dest), p.state === "absent" ? undefined : unknown),
    effect(digest(p.dest), undefined),
    { below: p.dest, state: p.state === "absent" ? "gone" : unknown },
  ],
});

/** Steps that put a link in the place of what is there now, which is no directory. */
export function linkSteps(dest: string, to: string, now: PathState): string[] {
  const [target, name] = [quote(to), here(dest)];
  const begin = [enterFolderOf(dest), ...same(nameOf(dest), now)];
  if (now.type === "absent") return [[...begin, `ln -sT -- ${target} ${name}`].join(" && ")];
  // The new link takes the old one's place in one step.
  const made = `kubeplay_apart && ln -sT -- ${target} ${name} && mv -fT -- ${name} ../${quote(nameOf(dest))} && kubeplay_leave`;
  return [[...begin, made].join(" && ")];
}

const after = ({ state, target = "" }: LinkProps): PathState =>
  state === "absent" ? { type: "absent" } : { type: "link", target };
