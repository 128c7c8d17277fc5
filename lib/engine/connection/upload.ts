import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ChangedSinceError, InterruptedError, TaskError, UnreachableError } from "../errors.ts";
import { absent, changedSince, pathFunctions } from "../shell/paths.ts";
import { quote } from "../shell/quote.ts";
import { described, type Channel, type Exit } from "./channel.ts";
import { onAbort } from "./interruption.ts";
import { tail } from "./tail.ts";
import type { Result, Upload } from "./types.ts";
import { withNewFile } from "./validation.ts";

/** Content of at most this many bytes travels inside the command: one round trip. */
export const inlineLimit = 64 * 1024;
const blocks = { highWaterMark: 1 << 20 };

/** The access to a host that an upload needs. */
export interface Way {
  readonly host: string;
  readonly run: (script: string) => Promise<Result>;
  /** Starts a program that reads the bytes from its standard input, as the become user. */
  readonly open: (program: string) => Promise<Channel>;
  /** Seconds without progress after which a transfer is ended. */
  readonly timeout: number;
  readonly interrupted?: AbortSignal | undefined;
  /** Shell text that fails if the run no longer has its lock: a program with a channel of its own outlives the run. */
  readonly keepsLock?: string;
}

/**
 * Puts a file in place: the old file stays until the new one is complete, checked and, unless it is finished later, on
 * disk. Rejects with TaskError, or with UnreachableError if the connection is lost.
 */
export async function uploadFile(way: Way, upload: Upload): Promise<void> {
  const { content, to } = upload;
  // No await for content in memory: the commands of a chain must be sent in order.
  const { size, sha256 } = "bytes" in content ? inMemory(content.bytes, upload) : await onDisk(content.file, upload);
  if ("bytes" in content && size <= inlineLimit) {
    succeeded(await way.run(`${begin(upload)}\n${written(content.bytes)}\n${settle(upload)}`), to);
    return;
  }
  const script = `${pathFunctions}\n${begin(upload)}\nhead -c ${String(size)} >&9\n${settle(upload, sha256, way.keepsLock)}`;
  await stream(way, upload, `sh -c ${quote(script)}`);
}

/**
 * Another user who may write to the folder can swap each name in it for a link. So the new file is opened once, and all
 * work on it goes through its descriptor; and what was read by a name is proved to be of the replaced file before that
 * user can see the new one. The reader of the output may be gone; that must not end the script before it has cleaned up.
 */
const begin = ({ to, replaces, edits }: Upload): string =>
  [
    `set -euC; umask 077`,
    `kubeplay_enter ${quote(path.posix.dirname(to))}`,
    ...(edits === undefined
      ? []
      : [`kubeplay_read ${quote(path.posix.basename(to))} ${quote(replaces ?? "")} ${edits}`]),
    `t=./.kubeplay.${randomBytes(8).toString("hex")}`,
    `exec 9> "$t"`,
    `trap '' PIPE HUP; trap 'exit 143' TERM; trap 'rm -f -- "$t"' EXIT`,
  ].join("\n");
/** The new file under a name that no one can swap. */
const opened = "/proc/self/fd/9";

/**
 * The shell itself writes text. Content that no shell word can hold goes through a program. If the shell cannot write
 * the text, a program tries again, as the shell does not say why.
 */
function written(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("utf8");
  if (!text.includes("\0") && Buffer.from(text, "utf8").equals(bytes))
    return `text() { printf %s ${quote(text)}; }\ntext 2> /dev/null >&9 || text | cat >| ${opened}`;
  return `printf %s ${Buffer.from(bytes).toString("base64")} | base64 -d >&9`;
}

/** Content inside a command arrives whole or the command does not run: only a stream's digest is compared. */
const settle = (upload: Upload, sha256?: string, keepsLock?: string): string => {
  const { mode, owner, group, validate, finishedLater } = upload;
  return [
    ...(sha256 === undefined
      ? []
      : [
          `printf '%s  %s\\n' ${sha256} ${opened} | sha256sum --check --status - || { echo "the received bytes differ from those that were sent" >&2; exit 1; }`,
        ]),
    ...(owner !== undefined || group !== undefined
      ? [`chown ${quote(`${owner ?? ""}:${group ?? ""}`.replace(/:$/, ""))} -- ${opened}`]
      : []),
    `chmod ${octal(mode)} -- ${opened}`,
    ...(validate === undefined
      ? []
      : [
          `(t=$PWD/\${t#./}; cd / && { ${withNewFile(validate)}\n}) >&2 9>&- || { echo "the new file is not valid" >&2; exit 1; }`,
        ]),
    ...(finishedLater ? [] : [`sync -- ${opened}`]),
    ...(keepsLock === undefined ? [] : [keepsLock]),
    ...place(upload),
    "trap - EXIT",
  ].join("\n");
};

/** Puts the new file in place, unless something else is there than what it was compared with. */
function place(upload: Upload): readonly string[] {
  if (!upload.inPlace) return renamed(upload);
  const name = quote(path.posix.basename(upload.to));
  return [
    `if [ -f ./${name} ] && [ ! -L ./${name} ]; then`,
    `kubeplay_fixed ${name} || { echo "other users may write to its folder, so it can only be replaced" >&2; exit 1; }`,
    `kubeplay_same ${name} ${quote(upload.replaces ?? "")}`,
    `cat -- "$t" >| ./${name}; chown --reference="$t" -- ./${name}; chmod --reference="$t" -- ./${name}; sync -- ./${name}; rm -f -- "$t"`,
    "else",
    ...renamed(upload),
    "fi",
  ];
}

function renamed({ to, replaces, backup }: Upload): readonly string[] {
  const name = quote(path.posix.basename(to));
  // A second name: the old file is never away, and no name that others have made is followed or replaced.
  const kept = backup
    ? [
        `kept=./${name}."$(date -u +%Y-%m-%dT%H%M%SZ)~"`,
        // Another one of the same second.
        `while [ -e "$kept" ] || [ -L "$kept" ]; do kept="$kept~"; done`,
        `[ ! -f ./${name} ] || ln -T -- ./${name} "$kept"`,
      ]
    : [];
  if (replaces === undefined) return [...kept, `mv -fT -- "$t" ./${name}`];
  const same = `kubeplay_same ${name} ${quote(replaces)}`;
  if (replaces !== absent) return [same, ...kept, `mv -fT -- "$t" ./${name}`];
  // mv itself looks whether there is a file; some versions of it then succeed.
  return [`mv -nT -- "$t" ./${name} && [ ! -e "$t" ] || { ${same}; exit 1; }`];
}

/** Syncs files to disk. A link that has taken the place of a file is left alone. */
export const finishing = (uploads: readonly Pick<Upload, "to">[]): string =>
  `find ${[...new Set(uploads.map(({ to }) => quote(to)))].join(" ")} -maxdepth 0 -type f -exec sync -- {} +`;

const octal = (mode: number): string => mode.toString(8);

/** One program receives the bytes and puts them in place; if the connection breaks, it cleans up after itself. */
async function stream(way: Way, { content, to }: Upload, program: string): Promise<void> {
  const channel = await way.open(program);
  let said = "";
  let failure: TaskError | undefined;
  channel.stderr.on("data", (chunk: Buffer) => (said = tail(said, chunk)));
  channel.stdout.resume();
  const source = "bytes" in content ? Readable.from([content.bytes]) : createReadStream(content.file, blocks);
  const ended = new AbortController();
  source.once("error", (error: Error) => {
    if (!ended.signal.aborted) failure ??= new TaskError(`${to} could not be written: ${error.message}`);
  });
  const giveUp = (error: TaskError): void => {
    failure ??= error;
    channel.kill();
    gaveUp();
  };
  let gaveUp = (): void => undefined;
  const givenUp = new Promise<Exit>((resolve) => (gaveUp = () => resolve({})));
  const hung = setTimeout(() => giveUp(new TaskError(hungFor(way.timeout, to, said))), way.timeout * 1000);
  const forget = onAbort(way.interrupted, () =>
    giveUp(new InterruptedError(`${to} was not written: the run was interrupted.`)),
  );
  // If the transfer ends early, so does the program, and its output gives the reason.
  const watched = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hung.refresh();
      yield chunk;
    }
    hung.refresh();
  };
  const sending = pipeline(source, watched, channel.stdin, { signal: ended.signal }).catch(() => undefined);
  const exit = await Promise.race([channel.closed, givenUp]);
  clearTimeout(hung);
  forget();
  // A program that has ended reads no more bytes: without this, writing the rest would never end.
  ended.abort();
  await sending;
  if (failure) throw failure;
  if (exit.code === 0) return;
  const why = said.trim() || `the transfer ${described(exit)}`;
  if (exit.code === undefined && exit.signal === undefined)
    throw new UnreachableError(way.host, `The connection to ${way.host} was lost while ${to} was written: ${why}`);
  throw notWritten(to, exit.code, why);
}

const hungFor = (seconds: number, to: string, said: string): string =>
  `${to} could not be written: nothing happened for ${String(seconds)} seconds, and the transfer was ended. ${said.trim()}`.trim();

interface Measured {
  readonly size: number;
  readonly sha256: string;
}

function inMemory(bytes: Uint8Array, { to, sha256 }: Upload): Measured {
  const own = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== undefined && sha256 !== own)
    throw new TaskError(`${to} could not be written: its content changed after it was compared`);
  return { size: bytes.length, sha256: own };
}

async function onDisk(file: string, { to, sha256 }: Upload): Promise<Measured> {
  try {
    return { size: (await stat(file)).size, sha256: sha256 ?? (await digestOf(file)) };
  } catch (error) {
    throw new TaskError(`${to} could not be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, blocks), hash);
  return hash.digest("hex");
}

function succeeded({ code, stderr }: Result, to: string): void {
  if (code !== 0) throw notWritten(to, code, stderr.trim() || `exit code ${String(code)}`);
}

const notWritten = (to: string, code: number | undefined, why: string): TaskError =>
  new (code === changedSince ? ChangedSinceError : TaskError)(`${to} could not be written: ${why}${remedy(why)}`, {
    printed: why,
  });

function remedy(why: string): string {
  if (why.includes("Device or resource busy")) return ": if it is a mount point, write into it with inPlace: true";
  const [, account] = /chown: invalid (user|group)/.exec(why) ?? [];
  return account === undefined ? "" : `: add a ${account} task before it`;
}
