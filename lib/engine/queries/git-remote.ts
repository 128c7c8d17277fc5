import { quote } from "../shell/quote.ts";
import { TaskError } from "../errors.ts";
import { defineQuery, type Query } from "./define.ts";
import { unreadable } from "./keys.ts";

/** The commit of a branch or tag in hex, as the remote repository has it; undefined if it has none of this name. */
export type GitRemoteState = string | undefined;

const separator = "\0";

/** Without a terminal, git would wait for a user name. */
const ask = (key: string): string => {
  const [repo = "", version = ""] = key.split(separator);
  const refs = [
    `refs/heads/${version}`,
    `refs/tags/${version}^{}`,
    `refs/tags/${version}`,
    ...(version === "HEAD" ? ["HEAD"] : []),
  ];
  return `if ! command -v git >/dev/null; then echo "no git"; elif said=$(GIT_TERMINAL_PROMPT=0 git ls-remote -- ${quote(repo)} ${refs.map(quote).join(" ")} 2>&1); then printf 'refs %s' "$said" | tr '\\n' '|'; echo
else printf 'failed %s\\n' "$(printf '%s' "$said" | tail -n 1)"; fi`;
};

const of = defineQuery<GitRemoteState>({
  kind: "git remote",
  volatile: true,
  runsCommands: true,
  ask: (keys) => keys.map(ask).join("\n"),
  parse: (stdout, keys) => {
    const lines = stdout.split("\n");
    return new Map(keys.map((key, index) => [key, stateOf(key, lines[index] ?? "")]));
  },
});

function stateOf(key: string, line: string): GitRemoteState | TaskError {
  const [repo = "", version = ""] = key.split(separator);
  if (line === "no git") return new TaskError("git is not installed: add a packages task for it before this task");
  if (line.startsWith("failed ")) return new TaskError(`${repo} cannot be asked for ${version}: ${line.slice(7)}`);
  if (!line.startsWith("refs ")) throw unreadable(line);
  const found = line
    .slice(5)
    .split("|")
    .flatMap((one) => {
      const [, commit, ref] = /^([0-9a-f]{40,64})\t(\S+)$/.exec(one) ?? [];
      return commit === undefined || ref === undefined ? [] : [{ commit, ref }];
    });
  // A tag with a message is an object of its own; ^{} is the commit that it stands for.
  const order = [`refs/heads/${version}`, `refs/tags/${version}^{}`, `refs/tags/${version}`, "HEAD"];
  return order.flatMap((ref) => found.find((one) => one.ref === ref)?.commit ?? [])[0];
}

/** Which commit a branch or tag of a remote repository stands for. */
export const gitRemote = (repo: string, version: string): Query<GitRemoteState> => of(`${repo}${separator}${version}`);
