import path from "node:path";
import { TaskError } from "../../errors.ts";
import { artifact, artifactToCome } from "../../queries/artifact.ts";
import { content } from "../../queries/content.ts";
import { controllerFile, fileToCome } from "../../queries/controller-file.ts";
import { digest, writeStamp, type DigestState } from "../../queries/digest.ts";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import type { Query } from "../../queries/define.ts";
import { effect, unknown, type Difference, type Needs } from "../../tasks/resource.ts";
import {
  ownersOf,
  permissionCommand,
  permissionDifferences,
  permissionRules,
  permissionsAfter,
  type Permissions,
} from "./permissions.ts";
import { linkSteps } from "./link.ts";
import { accountsOf, folderOf } from "./requirements.ts";
import { defineResource } from "../../tasks/task.ts";
import { absent, located, removalDifferences, removalEffects, removalSteps, replacing } from "./wanted-file.ts";
import { presence, prop } from "../../tasks/properties.ts";

interface Cached {
  /** Its name in the artifact cache, e.g. "etcd". */
  readonly artifact: string;
  /** E.g. "3.7.3". */
  readonly version: string;
  /** E.g. "amd64". */
  readonly architecture: string;
  /**
   * Absolute path of a copy that may be on the host already. If it has the right content, `dest` becomes a link to it,
   * in one step; if not, it is not used.
   */
  readonly staged?: string;
}

interface LocalFile {
  /** A file on the controller: absolute, or in the role's files/ folder. */
  readonly src: string;
  /** The expected digest of the file, in lower-case hex. */
  readonly sha256?: string;
}

interface Placed extends Permissions {
  /** Absolute path on the host. */
  readonly dest: string;
}

/** A source and permissions are not used. */
interface Gone {
  readonly state: "absent";
}

/** The properties of `binary`. */
export type BinaryProps = Placed & (((Cached | LocalFile) & { readonly state?: "present" }) | Gone);
type Present = Placed & (Cached | LocalFile);

/** The file on the controller; `file` is undefined if it was given as src. */
type Source = { readonly sha256: string; readonly size: number; readonly file?: string } | undefined;

interface BinaryNow {
  readonly path: PathState;
  readonly installed?: DigestState;
  readonly staged?: DigestState;
  readonly source?: Source;
}

const isGone = (p: BinaryProps): p is Placed & Gone => p.state === "absent";

const permissions = (p: Present): Permissions => ({ ...p, mode: p.mode ?? 0o755 });

/**
 * A program from the artifact cache, or another file on the controller; mode 0755 by default. Its digest is stored on
 * the host and rarely computed again. Fails with TaskError if the source is missing or has another digest, or if `dest`
 * is a directory.
 *
 * @example
 * binary("Install etcd", { artifact: "etcd", version: "3.7.3", architecture: "amd64", dest: "/usr/local/bin/etcd" });
 */
export const binary = defineResource({
  kind: "binary",
  props: {
    dest: prop.text,
    ...permissionRules,
    artifact: prop.optional(prop.text),
    version: prop.optional(prop.text),
    architecture: prop.optional(prop.text),
    staged: prop.optional(prop.text),
    src: prop.optional(prop.text),
    sha256: prop.optional(prop.text),
    state: presence,
  },
  label: (p: BinaryProps) => p.dest,
  locate: (given, roleFolder) => {
    const p = located(given);
    return "src" in p ? { ...p, src: path.resolve(roleFolder, "files", p.src) } : p;
  },
  needs: (p): Needs<BinaryNow> =>
    isGone(p)
      ? { path: pathQuery(p.dest) }
      : { path: pathQuery(p.dest), installed: digest(p.dest), source: sourceOf(p), ...stagedIn(p) },
  diff: ({ path: now, installed, staged, source }, p): Difference[] => {
    if (isGone(p)) return removalDifferences({ path: now }, p.dest);
    if (now.type === "directory")
      throw new TaskError(`${p.dest} is a directory, expected a program: move it away first`);
    const after = (source ?? sourceToCome(p)).sha256;
    const what = "src" in p ? "content" : `${p.artifact} ${p.version}`;
    if (staged === after && leadsTo(now, p)) return [];
    return [
      ...(installed === after ? [] : [{ what, before: installed, after }]),
      ...(now.type === "file" ? permissionDifferences(now, permissions(p)) : []),
    ];
  },
  apply: (found, { path: now, installed, staged, source }, p) => {
    if (isGone(p)) return removalSteps(p.dest, now);
    const { sha256, file } = present(source, p);
    if (staged === sha256 && installed !== sha256) return linkSteps(p.dest, stagedPath(p) ?? "", now);
    const { mode } = permissionsAfter(now, permissions(p), 0o755);
    const steps =
      installed === sha256
        ? [permissionCommand(found, p.dest, now, permissions(p))]
        : [
            {
              upload: { file },
              to: p.dest,
              mode,
              sha256,
              ...ownersOf(now, p),
              ...replacing(now),
            },
          ];
    return [...steps, writeStamp(p.dest, sha256)];
  },
  forecast: ({ path: now, installed, staged, source }, p) => {
    if (isGone(p)) return { path: absent };
    const { sha256 } = source ?? sourceToCome(p);
    if (staged === sha256 && installed !== sha256)
      return { path: { type: "link", target: stagedPath(p) ?? "" } as const, installed: undefined };
    return {
      path: { type: "file", ...permissionsAfter(now, permissions(p), 0o755) } as const,
      installed: sha256,
    };
  },
  requires: (p) => (isGone(p) ? [] : [...folderOf(p.dest), ...accountsOf(p.dest, p)]),
  effects: (p) =>
    isGone(p)
      ? removalEffects(p.dest)
      : [
          effect(pathQuery(p.dest), { type: "file", ...permissionsAfter({ type: "absent" }, permissions(p), 0o755) }),
          effect(digest(p.dest), unknown),
          effect(content(p.dest), unknown),
        ],
});

const stagedPath = (p: Present): string | undefined => ("src" in p ? undefined : p.staged);
const stagedIn = (p: Present): { readonly staged?: Query<DigestState> } => {
  const name = stagedPath(p);
  return name === undefined ? {} : { staged: digest(name) };
};
const leadsTo = (now: PathState, p: Present): boolean => now.type === "link" && now.target === stagedPath(p);

const artifactKey = (p: Cached): string => `${p.artifact}@${p.version}/${p.architecture}`;
const sourceOf = (p: Present): Query<Source> => ("src" in p ? controllerFile(p.src) : artifact(artifactKey(p)));
const sourceToCome = (p: Present) => ("src" in p ? fileToCome(p.src) : artifactToCome(artifactKey(p)));

function present(source: Source, p: Present): { readonly sha256: string; readonly file: string } {
  if ("src" in p) {
    if (!source) throw new TaskError(`${p.src} is not on the controller, expected a program to copy to ${p.dest}`);
    if (p.sha256 !== undefined && p.sha256 !== source.sha256)
      throw new TaskError(`${p.src} has the sha256 ${source.sha256}, expected ${p.sha256}`);
    return { sha256: source.sha256, file: p.src };
  }
  if (source?.file === undefined)
    throw new TaskError(
      `${p.artifact} ${p.version} for ${p.architecture} is not in the artifact cache: run with --tags artifacts first`,
    );
  return { sha256: source.sha256, file: source.file };
}
