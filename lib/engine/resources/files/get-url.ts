import { TaskError } from "../../errors.ts";
import { content } from "../../queries/content.ts";
import { digest, type DigestState } from "../../queries/digest.ts";
import { path as pathQuery, type FileState, type PathState } from "../../queries/path.ts";
import { quote } from "../../shell/quote.ts";
import { effect, unknown, type Difference } from "../../tasks/resource.ts";
import { asked, checkHeaders, checkUrl, follow, headerOptions } from "../http/curl.ts";
import { presence, prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import {
  allBits,
  owners,
  ownersOf,
  permissionCommand,
  permissionDifferences,
  permissionRules,
  permissionsAfter,
  type Permissions,
} from "./permissions.ts";
import { enterFolderOf, here, nameOf, same } from "./path-commands.ts";
import { accountsOf, folderOf } from "./requirements.ts";
import { absent, defaultMode, located, removalDifferences, removalEffects, removalSteps } from "./wanted-file.ts";

/** The properties of `getUrl`. */
export interface GetUrlProps extends Permissions {
  /** Absolute path on the host; its folder must exist. */
  readonly dest: string;
  /** http or https. Not used with state "absent". */
  readonly url?: string;
  /** The digest of the file, in lower-case hex. Without it, a file that is there is never compared with the source. */
  readonly sha256?: string;
  /** Header lines of the request, such as { Authorization: "Bearer …" }. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds for the whole download; 600 by default. */
  readonly timeout?: number;
  readonly state?: "present" | "absent";
}

interface GetUrlNow {
  readonly path: PathState;
  readonly digest: DigestState;
}

const isAbsent = ({ state }: GetUrlProps): boolean => state === "absent";
const permissions = (p: GetUrlProps): Permissions => ({ mode: defaultMode, ...p });

/**
 * A file that the host itself fetches from a server, with curl or wget and their proxy variables; mode 0644 by default.
 * It is put in place once it is complete and its digest is right. Fails with TaskError for a URL that is not http, and
 * if a directory is in its place; the task fails if the download does, or if the digest is another.
 *
 * @example
 * getUrl("Fetch the tool", { url: "https://example.org/tool", dest: "/usr/local/bin/tool", sha256: "9f86…", mode: 0o755 });
 */
export const getUrl = defineResource({
  kind: "get url",
  props: {
    ...permissionRules,
    dest: prop.text,
    url: prop.optional(prop.text),
    sha256: prop.optional(prop.text),
    headers: prop.optional(prop.mapOf(prop.text)),
    timeout: prop.optional(prop.number),
    state: presence,
  },
  label: (p: GetUrlProps) => p.dest,
  locate: (given) => {
    const p = located(given);
    if (isAbsent(p)) return p;
    checkUrl(p.dest, p.url);
    if (p.sha256 !== undefined && !/^[0-9a-f]{64}$/.test(p.sha256))
      throw new TaskError(
        `${p.dest}: ${JSON.stringify(p.sha256)} is not a SHA-256, expected 64 digits in lower-case hex`,
      );
    checkHeaders(p.dest, p.headers);
    return p;
  },
  needs: (p) => ({ path: pathQuery(p.dest), digest: digest(p.dest) }),
  diff: ({ path: now, digest: large }: GetUrlNow, p): Difference[] => {
    if (isAbsent(p)) return removalDifferences({ path: now }, p.dest);
    if (now.type === "directory")
      throw new TaskError(
        `${p.dest} is a directory, expected a file: a directory is never replaced, move it away first`,
      );
    if (now.type !== "file") return [{ what: "content", before: undefined, after: p.sha256 ?? p.url }];
    const before = now.sha256 ?? large;
    return [
      ...(p.sha256 === undefined || p.sha256 === before ? [] : [{ what: "content", before, after: p.sha256 }]),
      ...permissionDifferences(now, permissions(p)),
    ];
  },
  apply: (found, { path: now }, p) => {
    if (isAbsent(p)) return removalSteps(p.dest, now);
    if (!found.some(({ what }) => what === "content")) return [permissionCommand(found, p.dest, now, permissions(p))];
    return [{ sh: download(now, p), timeout: (p.timeout ?? 600) + 60 }];
  },
  forecast: ({ path: now }, p) =>
    isAbsent(p)
      ? { path: absent }
      : { path: fileAfter(now, p), digest: p.sha256 ?? (now.type === "file" ? undefined : unknown) },
  requires: (p) => (isAbsent(p) ? [] : [...folderOf(p.dest), ...accountsOf(p.dest, p)]),
  effects: (p) => (isAbsent(p) ? removalEffects(p.dest) : [effect(content(p.dest), unknown)]),
});

const fileAfter = (now: PathState, p: GetUrlProps): FileState => ({
  type: "file",
  ...permissionsAfter(now, permissions(p), defaultMode),
});

function download(now: PathState, p: GetUrlProps): string {
  const { url = "", headers = {}, sha256, timeout = 600 } = p;
  const lines = headerOptions(headers);
  // wget would send the headers to any server.
  const noRedirect = lines.length > 0 ? " --max-redirect=0" : "";
  const wget = lines.map(([name, line]) => `${name} = ${line}\n`).join("");
  const { mode } = permissionsAfter(now, permissions(p), defaultMode);
  const owned = owners(ownersOf(now, p));
  const checked =
    sha256 === undefined
      ? []
      : [
          `{ [ "$(sha256sum < file)" = "${sha256}  -" ] || ` +
            `{ echo "its SHA-256 is $(sha256sum < file | cut -c 1-64), expected ${sha256}" >&2; false; }; }`,
        ];
  return `umask 077
${follow}
${[enterFolderOf(p.dest), ...same(nameOf(p.dest), now)].join(" && ")} && kubeplay_apart || exit
if command -v curl >/dev/null; then
  ${asked(
    [
      ["max-time", String(timeout)],
      ["proto", "=http,https"],
    ],
    { url, headers },
  )}
  kubeplay_follow --silent --show-error --fail --retry 3 --output file
elif command -v wget >/dev/null; then
  printf '%s' ${quote(wget)} > .wgetrc && printf '%s\\n' ${quote(url)} | WGETRC=./.wgetrc timeout ${String(timeout)} wget --no-verbose${noRedirect} --tries=3 --output-document=file --input-file=-
else
  echo "neither curl nor wget is installed: add a packages task for one of them before this task" >&2; false
fi && ${[
    ...checked,
    ...(owned === "" ? [] : [`chown -- ${quote(owned)} file`]),
    `chmod ${allBits(mode)} file`,
    "sync -- file",
    // A download takes its time.
    ...same(nameOf(p.dest), now).map((stays) => `(cd -P .. && ${stays})`),
    `mv -fT -- file .${here(p.dest)}`,
    "rm -f .wgetrc",
    "kubeplay_leave",
  ].join(" && ")}`;
}
