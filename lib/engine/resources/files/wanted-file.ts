import { createHash } from "node:crypto";
import type { Content } from "../../connection/types.ts";
import { TaskError } from "../../errors.ts";
import { content } from "../../queries/content.ts";
import { digest } from "../../queries/digest.ts";
import { hashLimit, path, type FileState, type PathState } from "../../queries/path.ts";
import { checkUnicode } from "../../shell/text.ts";
import { effect, unknown, type Difference, type Effect, type Step, type UploadStep } from "../../tasks/resource.ts";
import { prop } from "../../tasks/properties.ts";
import { absolutePath } from "../../queries/keys.ts";
import { isKnownLater, removalLater, type RemovalState } from "./to-come.ts";
import { enterFolderOf, here, nameOf, replaced, same } from "./path-commands.ts";
import {
  checkPermissions,
  ownersOf,
  permissionCommand,
  permissionDifferences,
  permissionRules,
  permissionsAfter,
  type Permissions,
} from "./permissions.ts";

/** For an upload: what it replaces. */
export function replacing(now: PathState): Pick<UploadStep, "replaces"> {
  const replaces = replaced(now);
  return replaces === undefined ? {} : { replaces };
}

/** The properties of every resource that puts a whole file in place. */
export interface FileOptions extends Permissions {
  /** Absolute path on the host; its folder must exist. */
  readonly dest: string;
  /** A command that must exit with 0 before the file is put in place; `%s` is the new file. */
  readonly validate?: string;
  /** The content is never shown. */
  readonly secret?: boolean;
  /** Only a missing file is written. One that exists keeps its content, and its mode unless one is given. */
  readonly createOnly?: boolean;
  /** What is replaced stays beside it, as NAME.2026-11-30T190203Z~. Nothing removes these files. */
  readonly backup?: boolean;
  /**
   * Writes into an existing file instead of replacing it: for a file that is itself a mount point, such as
   * /etc/resolv.conf in a container. Not atomic: a reader may see a part of the new content.
   */
  readonly inPlace?: boolean;
}

export const fileRules = {
  dest: prop.text,
  ...permissionRules,
  validate: prop.optional(prop.text),
  secret: prop.optional(prop.flag),
  createOnly: prop.optional(prop.flag),
  backup: prop.optional(prop.flag),
  inPlace: prop.optional(prop.flag),
};

/** The desired content, its digest, and its size in bytes. */
export interface DesiredFile {
  readonly content: Content;
  readonly sha256: string;
  readonly size: number;
  /** Only if it can be shown. */
  readonly text?: string;
}

export const defaultMode = 0o644;

/** The options with a plain path. Throws TaskError for a path, permissions or a validation that cannot be meant. */
export function located<Options extends FileOptions>(options: Options): Options {
  const { dest, validate } = options;
  checkPermissions(dest, options);
  checkValidate(dest, validate);
  if (options.backup && options.inPlace)
    throw new TaskError(
      `${dest} has backup and inPlace, expected one of them: a file that is written into is not kept`,
    );
  return { ...options, dest: absolutePath(dest) };
}

/** Throws TaskError for a command that does not say where it takes the new file. */
export function checkValidate(dest: string, validate = "%s"): void {
  if (!validate.includes("%s"))
    throw new TaskError(`the validate command of ${dest} has no %s: write %s where it takes the name of the new file`);
}

/** Throws TaskError for a text that UTF-8 cannot hold. */
export function wantedOf(content: string | Uint8Array): DesiredFile {
  if (typeof content === "string") checkUnicode(content, "The content");
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { content: { bytes }, sha256, size: bytes.length, ...(typeof content === "string" && { text: content }) };
}

/** Of a file that is only created, an existing one keeps those that are not given. */
const wantedPermissions = (now: PathState, options: FileOptions): Permissions =>
  options.createOnly && now.type === "file" ? options : { mode: defaultMode, ...options };

/** `large` is the answer of the query `digest`, for files that are too large for the query `path` to hash. */
export function fileDifferences(
  now: PathState,
  wanted: DesiredFile,
  options: FileOptions,
  large?: string,
): Difference[] {
  const { dest, secret, createOnly } = options;
  if (now.type === "directory")
    throw new TaskError(`${dest} is a directory, expected a file: a directory is never replaced, move it away first`);
  if (createOnly && now.type !== "absent")
    return now.type === "file" ? permissionDifferences(now, wantedPermissions(now, options)) : [];
  const replaced = now.type === "link" ? [{ what: "type", before: `link to ${now.target}`, after: "file" }] : [];
  const permissions = now.type === "file" ? permissionDifferences(now, wantedPermissions(now, options)) : [];
  const sha256 = now.type === "file" ? (now.sha256 ?? large) : undefined;
  if (now.type === "file" && sha256 === undefined && (now.size ?? Infinity) <= hashLimit)
    throw new TaskError(`${dest} cannot be read: do the task as a user who may, with become`);
  if (sha256 === wanted.sha256) return [...replaced, ...permissions];
  const shown = { before: now.type === "file" ? content(dest) : undefined, after: wanted.text };
  const hashes = { before: sha256, after: wanted.sha256 };
  const changed: Difference = secret
    ? { what: "content", before: undefined, after: undefined, secret }
    : { what: "content", ...(wanted.text === undefined ? hashes : shown) };
  return [...replaced, changed, ...permissions];
}

export function fileSteps(
  found: readonly Difference[],
  now: PathState,
  wanted: DesiredFile,
  options: FileOptions,
): Step[] {
  const { dest, validate, inPlace, backup } = options;
  if (!found.some(({ what }) => what === "content" || what === "type"))
    return [permissionCommand(found, dest, now, wantedPermissions(now, options))];
  const { mode } = permissionsAfter(now, wantedPermissions(now, options), defaultMode);
  return [
    {
      upload: wanted.content,
      to: dest,
      mode,
      sha256: wanted.sha256,
      ...ownersOf(now, options),
      ...(validate !== undefined && { validate }),
      ...(inPlace && { inPlace }),
      ...(backup && { backup }),
      ...replacing(now),
    },
  ];
}

export const fileForecast = (now: PathState, wanted: DesiredFile | undefined, options: FileOptions): FileState => ({
  type: "file",
  ...permissionsAfter(now, wantedPermissions(now, options), defaultMode),
  ...(options.createOnly && now.type === "file"
    ? { ...(now.size !== undefined && { size: now.size }), ...(now.sha256 !== undefined && { sha256: now.sha256 }) }
    : {
        ...(wanted && { size: wanted.size }),
        ...(wanted && wanted.size <= hashLimit && { sha256: wanted.sha256 }),
      }),
});

/** The effects on all queries of the same path. `found` is what a change corrects: it may be the permissions only. */
export const fileEffects = (options: FileOptions, wanted?: DesiredFile, found?: readonly Difference[]): Effect[] =>
  options.createOnly && found && !found.some(({ what }) => what === "content")
    ? []
    : [
        effect(path(options.dest), fileForecast({ type: "absent" }, wanted, options)),
        effect(content(options.dest), wanted?.text ?? unknown),
        effect(digest(options.dest), wanted?.sha256 ?? unknown),
      ];

export const absent: PathState = { type: "absent" };

/** The differences for `state: "absent"`. Throws TaskError if there is a directory. */
export function removalDifferences(state: RemovalState, dest: string): Difference[] {
  if (isKnownLater(state)) return [removalLater];
  const now = state.path;
  if (now.type === "directory")
    throw new TaskError(
      `${dest} is a directory, expected a file or nothing: to remove it, use directory with state "absent"`,
    );
  return now.type === "absent" ? [] : [{ what: "state", before: "present", after: "absent" }];
}
export const removalSteps = (dest: string, now: PathState): Step[] => [
  [enterFolderOf(dest), ...same(nameOf(dest), now), `rm -f -- ${here(dest)}`].join(" && "),
];
export const removalEffects = (dest: string): Effect[] => [
  effect(path(dest), absent),
  effect(content(dest), undefined),
  effect(digest(dest), undefined),
];

/** Makes a value once per properties object: diff, apply and forecast need the same one. */
export function once<Key extends object, Made>(make: (key: Key) => Made): (key: Key) => Made {
  const known = new WeakMap<Key, { readonly made: Made }>();
  return (key) => {
    const entry = known.get(key) ?? { made: make(key) };
    known.set(key, entry);
    return entry.made;
  };
}
