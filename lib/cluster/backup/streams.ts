import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { quote, TaskError, type Writer } from "kubeplay";

/** Bytes that travel from a host with one command. */
const part = 4 * 1024 * 1024;

/** The bytes of a file on a host, part by part. */
export async function* bytesOf(host: Writer, file: string, size: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index * part < size; index++) {
    const { stdout, stderr, code } = await host.read(
      `dd if=${quote(file)} bs=${part} skip=${index} count=1 status=none | base64 -w 0`,
    );
    const bytes = Buffer.from(stdout.trim(), "base64");
    if (code !== 0 || bytes.length !== Math.min(part, size - index * part))
      throw new TaskError(`${file} cannot be read from ${host.host}: ${stderr.trim() || `${bytes.length} bytes came`}`);
    yield bytes;
  }
}

/** Passes bytes on and knows their digest once they have ended. */
export function digesting(): { readonly stream: Transform; readonly sha256: () => string } {
  const hash = createHash("sha256");
  const stream = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, sha256: () => hash.digest("hex") };
}

export const webStream = (stream: Readable): ReadableStream<Uint8Array> =>
  Readable.toWeb(stream) as ReadableStream<Uint8Array>;
export const nodeStream = (stream: ReadableStream<Uint8Array>): Readable =>
  Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0]);

/** Writes a stream to a file that only its owner reads. Resolves to the file's SHA-256. */
export async function writeStream(stream: ReadableStream<Uint8Array>, file: string): Promise<string> {
  const { stream: digest, sha256 } = digesting();
  await pipeline(nodeStream(stream), digest, createWriteStream(file, { mode: 0o600, flush: true }));
  return sha256();
}

export async function sha256Of(file: string): Promise<string> {
  const { stream, sha256 } = digesting();
  stream.resume();
  await pipeline(createReadStream(file), stream);
  return sha256();
}

/** The size and digest of a snapshot of etcd, and whether its last 32 bytes are the digest of the others, as they must be. */
export async function snapshotDigests(
  file: string,
): Promise<{ readonly size: number; readonly sha256: string; readonly isWhole: boolean }> {
  const { size } = await stat(file);
  const all = createHash("sha256");
  const content = createHash("sha256");
  let [read, end] = [0, Buffer.alloc(0)];
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    all.update(chunk);
    const left = Math.max(0, size - 32 - read);
    content.update(chunk.subarray(0, left));
    end = Buffer.concat([end, chunk.subarray(left)]);
    read += chunk.length;
  }
  return { size, sha256: all.digest("hex"), isWhole: size > 32 && end.equals(content.digest()) };
}

/** Runs tar with a stream as its input or its output; `done` rejects with TaskError if it fails. */
export function tar(args: readonly string[]): {
  readonly input: NodeJS.WritableStream;
  readonly output: Readable;
  readonly done: Promise<void>;
} {
  const child = spawn("tar", args, { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const done = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new TaskError(`tar failed: ${said.trim()}`));
    });
  });
  done.catch(() => undefined);
  return { input: child.stdin, output: child.stdout, done };
}
