import { TaskError } from "../errors.ts";
import { quote } from "../shell/quote.ts";
import { defineQuery, type Query } from "./define.ts";
import { absolutePath, unreadable } from "./keys.ts";

/** A git repository with its files; undefined if there is none. */
export type GitCheckoutState =
  | {
      /** The commit of HEAD in hex; undefined before the first one. */
      readonly commit?: string;
      /** The URL of the remote "origin". */
      readonly origin?: string;
      /** Whether tracked files differ from the commit. */
      readonly modified: boolean;
    }
  | undefined;

/**
 * git in the current folder, without the program that a repository may name to watch its files. git itself refuses a
 * repository that another user owns: its configuration names programs, which would run as this user.
 */
export const git = "git -c core.fsmonitor=false";

const ask = (folder: string): string =>
  `(if ! [ -e ${quote(`${folder}/.git`)} ] || ! command -v git >/dev/null; then printf 'none\n\n\n'
elif ! said=$({ kubeplay_enter ${quote(folder)} && ${git} rev-parse --git-dir; } 2>&1); then printf 'refused %s\n\n\n' "$(printf '%s' "$said" | head -n 1)"
else
  kubeplay_enter ${quote(folder)}
  ${git} rev-parse --verify --quiet HEAD || echo
  printf '%s\n' "$(${git} config --get remote.origin.url | head -n 1)"
  if ${git} diff --quiet --no-ext-diff --no-textconv HEAD -- 2>/dev/null; then echo clean; else echo modified; fi
fi)`;

const of = defineQuery<GitCheckoutState>({
  kind: "git checkout",
  // A change of any path may be within.
  volatile: true,
  ask: (folders) => folders.map(ask).join("\n"),
  parse: (stdout, folders) => {
    const lines = stdout.split("\n");
    return new Map(
      folders.map((folder, index): [string, GitCheckoutState | TaskError] => {
        const [commit = "", origin = "", state = ""] = lines.slice(3 * index, 3 * index + 3);
        if (commit === "none") return [folder, undefined];
        if (commit.startsWith("refused ")) return [folder, refusal(folder, commit.slice("refused ".length))];
        if (!/^(?:[0-9a-f]{40,64})?$/.test(commit) || !/^(?:clean|modified)$/.test(state)) throw unreadable(commit);
        const known = { ...(commit !== "" && { commit }), ...(origin !== "" && { origin }) };
        return [folder, { ...known, modified: state === "modified" }];
      }),
    );
  },
});

const refusal = (folder: string, said: string): TaskError =>
  new TaskError(
    said.includes("dubious ownership")
      ? `${folder} belongs to another user, whose configuration git would follow: do the task as that user, with become`
      : `${folder} cannot be read as a git repository: ${said}`,
  );

/** The git repository at an absolute path on the host. Throws TaskError for another path. */
export const gitCheckout = (folder: string): Query<GitCheckoutState> => of(absolutePath(folder));
