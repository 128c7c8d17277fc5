import path from "node:path";
import { TaskError } from "../../errors.ts";
import { controllerFile, fileToCome, type ControllerFileState } from "../../queries/controller-file.ts";
import { digest, type DigestState } from "../../queries/digest.ts";
import { hashLimit, path as pathQuery } from "../../queries/path.ts";
import { plaintextOf } from "../../vault/index.ts";
import type { Needs } from "../../tasks/resource.ts";
import { accountsOf, folderOf } from "./requirements.ts";
import { defineResource } from "../../tasks/task.ts";
import { removalNeeds, type RemovalState } from "./to-come.ts";
import * as files from "./wanted-file.ts";
import { presence, prop } from "../../tasks/properties.ts";

/** The properties of `file`. */
export interface FileProps extends files.FileOptions {
  /** Text is written as UTF-8. */
  readonly content?: string | Uint8Array;
  /**
   * In place of `content`, a file on the controller: absolute, or in the role's files/ folder. It may be made by an
   * earlier task. A file that is encrypted with the vault is decrypted, and handled as secret.
   */
  readonly src?: string;
  readonly state?: "present" | "absent";
}

interface FileNow extends RemovalState {
  readonly source?: ControllerFileState;
  readonly digest?: DigestState;
}

const isAbsent = ({ state }: FileProps): boolean => state === "absent";

const inMemory = files.once(({ content = "" }: FileProps) => files.wantedOf(content));

function wanted({ source }: FileNow, p: FileProps): files.DesiredFile {
  if (p.src === undefined) return inMemory(p);
  const { sha256, size } = source ?? fileToCome(p.src);
  return { content: { file: p.src }, sha256, size };
}

/**
 * A file with a given content, or a copy of a file on the controller; mode 0644 by default. It is replaced atomically.
 * A link in its place is replaced. Fails with TaskError if a directory is in its place or `src` does not exist.
 *
 * @example
 * file("Write the motd", { dest: "/etc/motd", content: "Hello\n" });
 * file("Copy the CA", { dest: "/etc/ssl/ca.crt", src: "ca.crt", owner: "root", mode: 0o644 });
 */
export const file = defineResource({
  kind: "file",
  props: {
    ...files.fileRules,
    content: prop.optional(prop.either(prop.text, prop.bytes)),
    src: prop.optional(prop.text),
    state: presence,
  },
  label: (p: FileProps) => p.dest,
  locate: (given, roleFolder) => {
    const p = files.located(given);
    if (!isAbsent(p) && (p.content === undefined) === (p.src === undefined))
      throw new TaskError(`${p.dest}: a file requires either content or src`);
    const { src: written, ...rest } = p;
    if (written === undefined) return p;
    const src = path.resolve(roleFolder, "files", written);
    const content = isAbsent(p) ? undefined : plaintextOf(src);
    // The plaintext of an encrypted file leaves the controller's memory for the host only.
    return content ? { ...rest, content, secret: true } : { ...p, src };
  },
  needs: (p): Needs<FileNow> => {
    if (isAbsent(p)) return removalNeeds(p.dest);
    const target = { path: pathQuery(p.dest) };
    if (p.src !== undefined) return { ...target, source: controllerFile(p.src), digest: digest(p.dest) };
    return inMemory(p).size > hashLimit ? { ...target, digest: digest(p.dest) } : target;
  },
  diff: (now, p) =>
    isAbsent(p)
      ? files.removalDifferences(now, p.dest)
      : files.fileDifferences(now.path, wanted(now, p), p, now.digest),
  apply: (found, now, p) => {
    if (isAbsent(p)) return files.removalSteps(p.dest, now.path);
    if (p.src !== undefined && !now.source)
      throw new TaskError(`${p.src} is not on the controller, expected a file to copy to ${p.dest}`);
    return files.fileSteps(found, now.path, wanted(now, p), p);
  },
  forecast: (now, p) => {
    if (isAbsent(p)) return { path: files.absent };
    const made = wanted(now, p);
    const after = files.fileForecast(now.path, made, p);
    return "digest" in now && !(p.createOnly && now.path.type === "file")
      ? { path: after, digest: made.sha256 }
      : { path: after };
  },
  requires: (p) => (isAbsent(p) ? [] : [...folderOf(p.dest), ...accountsOf(p.dest, p)]),
  effects: (p, found) =>
    isAbsent(p)
      ? files.removalEffects(p.dest)
      : files.fileEffects(p, p.src === undefined ? inMemory(p) : undefined, found),
});
