import { TaskError } from "../../errors.ts";
import { git as program, gitCheckout, type GitCheckoutState } from "../../queries/git-checkout.ts";
import { gitRemote, type GitRemoteState } from "../../queries/git-remote.ts";
import { absolutePath } from "../../queries/keys.ts";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import { quote } from "../../shell/quote.ts";
import { unknown, type Difference, type Needs } from "../../tasks/resource.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { enter, makeFolderOf } from "./path-commands.ts";
import { folderOf } from "./requirements.ts";

/** The properties of `git`. */
export interface GitProps {
  /** URL or path of the repository. Other users can read it while git runs, so it must not hold a password. */
  readonly repo: string;
  /** Absolute path on the host; its parent must exist. */
  readonly dest: string;
  /** A branch, a tag or a whole commit id; the remote's default branch by default. */
  readonly version?: string;
  /** Fetches only so many commits. All by default. */
  readonly depth?: number;
  /** Discards changes of tracked files. By default they are an error. */
  readonly force?: boolean;
  /** Seconds for the whole transfer; 600 by default. */
  readonly timeout?: number;
}

interface GitNow {
  readonly path: PathState;
  readonly checkout: GitCheckoutState;
  /** If the version is a name. */
  readonly remote?: GitRemoteState;
}

const versionOf = ({ version = "HEAD" }: GitProps): string => version;
const isCommit = (p: GitProps): boolean => /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(versionOf(p));

/**
 * The files of a commit of a git repository, without a branch (a detached HEAD). A branch or tag is looked up in the
 * remote repository each time, so a check needs it too. Files that git does not track stay. Needs git on the host, and
 * a repository of the task's own user. Fails with TaskError if the repository has no such version, if tracked files were
 * changed, and if something else is there.
 *
 * @example
 * git("Check out the app", { repo: "https://example.org/app.git", dest: "/opt/app", version: "v1.2.0" });
 */
export const git = defineResource({
  kind: "git",
  props: {
    repo: prop.text,
    dest: prop.text,
    version: prop.optional(prop.text),
    depth: prop.optional(prop.number),
    force: prop.optional(prop.flag),
    timeout: prop.optional(prop.number),
  },
  label: (p: GitProps) => p.dest,
  locate: (p) => {
    if (!/^[^\s-]\S*$/.test(p.repo)) throw new TaskError(`${p.dest}: ${JSON.stringify(p.repo)} is not a repository`);
    if (!/^[\w@][\w./@+-]*$/.test(versionOf(p)) || versionOf(p).includes(".."))
      throw new TaskError(`${p.dest}: ${JSON.stringify(p.version)} is not a branch, a tag or a whole commit id`);
    if (p.depth !== undefined && !(Number.isInteger(p.depth) && p.depth > 0))
      throw new TaskError(`${p.dest}: depth is ${String(p.depth)}, expected a whole number from 1`);
    return { ...p, dest: absolutePath(p.dest) };
  },
  needs: (p): Needs<GitNow> => ({
    path: pathQuery(p.dest),
    checkout: gitCheckout(p.dest),
    ...(!isCommit(p) && { remote: gitRemote(p.repo, versionOf(p)) }),
  }),
  diff: ({ path, checkout, remote }, p): Difference[] => {
    const commit = commitOf(remote, p);
    if (!checkout && path.type !== "absent" && path.type !== "directory")
      throw new TaskError(`${p.dest} is a ${path.type}, expected a git repository or nothing: move it away first`);
    if (checkout?.modified && !p.force)
      throw new TaskError(
        `${p.dest} has changes of tracked files: commit them elsewhere, or discard them with force: true`,
      );
    return [
      ...(checkout?.commit === commit ? [] : [{ what: "commit", before: checkout?.commit, after: commit }]),
      ...(checkout && checkout.origin !== p.repo ? [{ what: "repo", before: checkout.origin, after: p.repo }] : []),
      ...(checkout?.modified ? [{ what: "files", before: "changed", after: "as in the commit" }] : []),
    ];
  },
  apply: (_found, { checkout, remote }, p) => [
    { sh: update(checkout, commitOf(remote, p), p), timeout: p.timeout ?? 600 },
  ],
  forecast: ({ path, remote }, p) => ({
    path: path.type === "absent" ? unknown : path,
    checkout: { commit: commitOf(remote, p), origin: p.repo, modified: false },
  }),
  requires: (p) => folderOf(p.dest),
  effects: (p) => [{ below: p.dest, state: unknown }],
});

function commitOf(remote: GitRemoteState, p: GitProps): string {
  if (isCommit(p)) return versionOf(p);
  if (remote === undefined) throw new TaskError(`${p.repo} has no branch or tag ${versionOf(p)}`);
  return remote;
}

/** An interrupted run leaves a repository without a commit, which the next run completes. */
function update(checkout: GitCheckoutState, commit: string, p: GitProps): string {
  const origin = checkout?.origin === undefined ? "add" : "set-url";
  const depth = p.depth === undefined ? "" : `--depth ${String(p.depth)} `;
  // Some servers only give commits that a branch or tag leads to.
  const fetch = `${program} fetch --quiet --tags ${depth}origin ${commit} || ${program} fetch --quiet --tags origin '+refs/heads/*:refs/remotes/origin/*'`;
  return [
    "export GIT_TERMINAL_PROMPT=0",
    checkout ? enter(p.dest) : `umask 022 && ${makeFolderOf(`${p.dest}/.git`)} && git init --quiet .`,
    ...(checkout?.origin === p.repo ? [] : [`git remote ${origin} origin -- ${quote(p.repo)}`]),
    `{ ${program} cat-file -e ${commit}^{commit} 2>/dev/null || ${fetch}; }`,
    `${program} -c advice.detachedHead=false checkout --quiet ${p.force ? "--force " : ""}--detach ${commit}`,
  ].join(" && ");
}
