import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { TaskError } from "../errors.ts";
import { quote } from "../shell/quote.ts";
import { described, type Channel } from "./channel.ts";
import type { Result, Upload } from "./types.ts";

/** Up to so many bytes travel inside the command: one round trip. */
const inlineLimit = 64 * 1024;

/** The two ways to a host that an upload needs. */
export interface Way {
  readonly run: (script: string) => Promise<Result>;
  /** Starts a program that reads the bytes from its standard input, as the become user. */
  readonly open: (program: string) => Promise<Channel>;
}

/** Puts a file in place: the old one stays until the new one is complete, checked and on the disk. */
export async function uploadFile(way: Way, upload: Upload): Promise<void> {
  const { content, to } = upload;
  const size = "bytes" in content ? content.bytes.length : (await stat(content.file)).size;
  const sha256 = upload.sha256 ?? (await digestOf(content));
  const folder = quote(path.posix.dirname(to));
  const begin = `set -eu; umask 077\nt=$(mktemp -p ${folder} .kubeplay.XXXXXXXXXX)`;
  const guard = `trap 'rm -f -- "$t"' EXIT`;
  if ("bytes" in content && size <= inlineLimit) {
    const text = Buffer.from(content.bytes)
      .toString("base64")
      .replace(/.{1,1000}/g, "$&\n");
    const script = `${begin}\n${guard}\nbase64 -d > "$t" <<'KUBEPLAY-END'\n${text}KUBEPLAY-END\n${settle(upload, sha256)}`;
    succeeded(await way.run(script), to);
    return;
  }
  const made = await way.run(`${begin}\nprintf %s "$t"`);
  succeeded(made, to);
  const temporary = made.stdout;
  try {
    await stream(way, upload, temporary);
    succeeded(await way.run(`set -eu; t=${quote(temporary)}\n${guard}\n${settle(upload, sha256)}`), to);
  } catch (error) {
    await way.run(`rm -f -- ${quote(temporary)}`).catch(() => undefined);
    throw error;
  }
}

const settle = ({ to, mode, owner, group, validate }: Upload, sha256: string): string =>
  [
    `printf '%s  %s\\n' ${sha256} "$t" | sha256sum --check --status - || { echo "the bytes that arrived are not those that were sent" >&2; exit 1; }`,
    ...(owner !== undefined || group !== undefined
      ? [`chown ${quote(`${owner ?? ""}:${group ?? ""}`.replace(/:$/, ""))} -- "$t"`]
      : []),
    `chmod ${mode.toString(8)} -- "$t"`,
    ...(validate === undefined
      ? []
      : [`{ ${validate.replaceAll("%s", `"$t"`)}; } >&2 || { echo "the new file is not valid" >&2; exit 1; }`]),
    `sync -- "$t"`,
    `mv -fT -- "$t" ${quote(to)}`,
    "trap - EXIT",
  ].join("\n");

async function stream(way: Way, { content, to }: Upload, temporary: string): Promise<void> {
  const channel = await way.open(`cat > ${quote(temporary)}`);
  let said = "";
  channel.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  channel.stdout.resume();
  const source = "bytes" in content ? [content.bytes] : createReadStream(content.file, { highWaterMark: 1 << 20 });
  const sent = pipeline(source, channel.stdin).catch((error: unknown) => {
    said ||= error instanceof Error ? error.message : String(error);
  });
  const [exit] = await Promise.all([channel.closed, sent]);
  if (exit.code !== 0)
    throw new TaskError(`${to} could not be written: ${said.trim() || `the transfer ${described(exit)}`}`);
}

async function digestOf(content: Upload["content"]): Promise<string> {
  const hash = createHash("sha256");
  if ("bytes" in content) hash.update(content.bytes);
  else await pipeline(createReadStream(content.file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

function succeeded({ code, stderr }: Result, to: string): void {
  if (code !== 0) throw new TaskError(`${to} could not be written: ${stderr.trim() || `exit code ${code}`}`);
}
