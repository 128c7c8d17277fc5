import { createHash } from "node:crypto";
import path from "node:path";
import type { Writer } from "../../connection/types.ts";
import { TaskError } from "../../errors.ts";
import { shownPath, writeWhole } from "../../files.ts";
import { controllerFile, fileToCome, type ControllerFileState } from "../../queries/controller-file.ts";
import { digest, type DigestState } from "../../queries/digest.ts";
import { absolutePath } from "../../queries/keys.ts";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import { quote } from "../../shell/quote.ts";
import { commandError, requirement, type ConnectionStep, type Difference } from "../../tasks/resource.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";

/** The properties of `fetch`. */
export interface FetchProps {
  /** Absolute path of a file on the host. */
  readonly src: string;
  /**
   * The file on the controller, absolute or relative to the project's folder. Its folder is made. With several hosts,
   * each needs a file of its own: the host's name belongs into it.
   */
  readonly dest: string;
  /** Permission bits of the file on the controller; 0600 by default. */
  readonly mode?: number;
  /** Without the file on the host, the one on the controller stays as it is. False by default: it is an error. */
  readonly optional?: boolean;
}

interface FetchNow {
  readonly there: PathState;
  readonly large: DigestState;
  readonly own: ControllerFileState;
}

const defaultMode = 0o600;

/**
 * A file of the host as a file on the controller, of any size. Fails with TaskError if it is not a file, cannot be read,
 * or is changed meanwhile.
 *
 * @example
 * fetch("Fetch the report", { src: "/var/lib/app/report.json", dest: `reports/${host.name}.json` });
 */
export const fetch = defineResource({
  kind: "fetch",
  props: { src: prop.text, dest: prop.text, mode: prop.optional(prop.mode), optional: prop.optional(prop.flag) },
  label: (p: FetchProps) => shownPath(p.dest),
  locate: (p) => {
    if (p.dest === "" || p.dest.endsWith("/"))
      throw new TaskError(`${JSON.stringify(p.dest)} is not a file on the controller, expected a path with its name`);
    const { mode = defaultMode } = p;
    if (!Number.isInteger(mode) || mode < 0 || mode > 0o777)
      throw new TaskError(`${p.dest}: the mode is ${String(mode)}, expected permission bits such as 0o640`);
    return { ...p, src: absolutePath(p.src), dest: path.resolve(p.dest) };
  },
  needs: (p) => ({ there: pathQuery(p.src), large: digest(p.src), own: controllerFile(p.dest) }),
  diff: (now: FetchNow, p): Difference[] => {
    const { there, own } = now;
    if (there.type === "absent") return p.optional ? [] : [{ what: "content", before: own?.sha256, after: undefined }];
    if (there.type !== "file")
      throw new TaskError(
        `${p.src} is a ${there.type}${there.type === "link" ? ` to ${there.target}` : ""}, expected a file`,
      );
    const after = digestOf(now);
    if (after === undefined) throw new TaskError(`${p.src} cannot be read: do the task as a user who may, with become`);
    const { mode = defaultMode } = p;
    return [
      ...(own?.sha256 === after ? [] : [{ what: "content", before: own?.sha256, after }]),
      ...(own && own.mode !== mode ? [{ what: "mode", before: octal(own.mode), after: octal(mode) }] : []),
    ];
  },
  apply: (_found, now, p) => {
    const sha256 = digestOf(now);
    if (sha256 === undefined) throw new TaskError(missing(p));
    return [fetching(p, sha256)];
  },
  forecast: (now, p) => {
    const [sha256, mode] = [digestOf(now), p.mode ?? defaultMode];
    const size = now.there.type === "file" ? now.there.size : undefined;
    return { own: sha256 === undefined || size === undefined ? fileToCome(p.dest, mode) : { sha256, size, mode } };
  },
  requires: (p) => [requirement(pathQuery(p.src), ({ type }) => (type === "absent" ? missing(p) : undefined))],
});

const missing = (p: FetchProps): string =>
  `there is no ${p.src} on the host: optional: true lets the task leave it out`;
const octal = (mode: number): string => `0${mode.toString(8)}`;

/** The host's own; undefined if there is no file. */
function digestOf({ there, large }: FetchNow): string | undefined {
  return there.type === "file" ? (there.sha256 ?? large) : undefined;
}

const fetching = (p: FetchProps, sha256: string): ConnectionStep => ({
  about: [p.src, p.dest, sha256],
  overConnection: async (writer, { progress }) => {
    await writeWhole(p.dest, partsOf(writer, p.src, sha256, progress), { mode: p.mode ?? defaultMode });
    return undefined;
  },
});

/** Bytes of one answer. */
const part = 4 * 1024 * 1024;

/** The file in parts, which must have the digest in the end: somebody may write into it meanwhile. */
async function* partsOf(
  writer: Writer,
  src: string,
  sha256: string,
  progress: (line: string) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for (let index = 0; ; index++) {
    const read = await writer.read(
      `dd if=${quote(src)} bs=${String(part)} skip=${String(index)} count=1 2>/dev/null | base64`,
    );
    if (read.code !== 0) throw commandError(read);
    const bytes = Buffer.from(read.stdout, "base64");
    hash.update(bytes);
    yield bytes;
    if (bytes.length < part) break;
    progress(`${String(((index + 1) * part) / 1024 ** 2)} MiB`);
  }
  if (hash.digest("hex") !== sha256) throw new TaskError(`${src} was changed while it was read: play again`);
}
