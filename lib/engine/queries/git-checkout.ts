import { quote } from "../shell/quote.ts";
import { defineQuery, type Query } from "./define.ts";
import { absolutePath } from "./keys.ts";

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

/** The repository may belong to another user: git asks to be told that it is meant. Its own hooks and pagers never run. */
export const gitIn = (folder: string): string =>
  `git -c safe.directory=${quote(folder)} -c core.fsmonitor=false -c core.hooksPath=/dev/null -C ${quote(folder)}`;

const ask = (folder: string): string =>
  `if [ -e ${quote(`${folder}/.git`)} ] && command -v git >/dev/null; then
  ${gitIn(folder)} rev-parse --verify --quiet HEAD || echo
  ${gitIn(folder)} config --get remote.origin.url || echo
  if ${gitIn(folder)} diff --quiet --no-ext-diff HEAD -- 2>/dev/null; then echo clean; else echo modified; fi
else printf 'none\\n\\n\\n'; fi`;

const of = defineQuery<GitCheckoutState>({
  kind: "git checkout",
  // A change of any path may be within.
  volatile: true,
  ask: (folders) => folders.map(ask).join("\n"),
  parse: (stdout, folders) => {
    const lines = stdout.split("\n");
    return new Map(
      folders.map((folder, index) => {
        const [commit = "", origin = "", state] = lines.slice(3 * index, 3 * index + 3);
        if (commit === "none") return [folder, undefined];
        const known = { ...(commit !== "" && { commit }), ...(origin !== "" && { origin }) };
        return [folder, { ...known, modified: state === "modified" }];
      }),
    );
  },
});

/** The git repository at an absolute path on the host. Throws TaskError for another path. */
export const gitCheckout = (folder: string): Query<GitCheckoutState> => of(absolutePath(folder));
