import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { $ } from "zx/core";
import { parse } from "yaml";
import { proxiedFetch } from "#artifacts/sources/proxied-fetch.ts";
import type { Address } from "../addresses.ts";
import type { RecordedFile } from "../record.ts";
import { recordedLines, recordedMembers } from "./selection.ts";

const isArchive = (url: string): boolean => /\.(tar\.gz|tgz)$/.test(url);

/** Downloads a file and records the answer. `names` are the files of the catalogue, whose checksums must be recorded. */
export async function recordFile(address: Address, work: string, names: readonly string[]): Promise<RecordedFile> {
  const url = address.address;
  const response = await proxiedFetch(url, {});
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    return { url, status: response.status };
  }
  const served = new URL(response.url).host;
  const redirect = served === new URL(url).host ? {} : { redirect: served };
  const file = path.join(work, path.posix.basename(new URL(url).pathname));
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
  const { size, sha256 } = await digestOf(file);
  const known = { url, status: response.status, ...redirect };
  if (address.kind === "checksum") return { ...known, lines: recordedLines(await readFile(file, "utf8"), names) };
  // An index grows with every release.
  if (address.kind === "index") return { ...known, chart: chartOf(address) };
  if (!isArchive(url)) return { ...known, size, sha256 };
  const { stdout } = await $({ quiet: true, maxBuffer: 1 << 26 })`tar -tzf ${file}`;
  const members = recordedMembers(stdout.trim().split("\n"), Object.keys(address.contents));
  return { ...known, size, sha256, members, ...(await chartValues(address, file)) };
}

async function digestOf(file: string): Promise<{ readonly size: number; readonly sha256: string }> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { size, sha256: hash.digest("hex") };
}

const chartOf = ({ wanted }: Address): string => {
  const { upstream } = wanted.component;
  return upstream && "tree" in upstream ? (upstream.index?.chart ?? "") : "";
};

/** The values of a chart of a repository that say whether images are named by digest. */
async function chartValues(address: Address, file: string): Promise<Pick<RecordedFile, "values">> {
  if (chartOf(address) === "") return {};
  const { stdout } = await $({ quiet: true })`tar -xzOf ${file} ${chartOf(address)}/values.yaml`;
  const values = Object.fromEntries(digestsIn(parse(stdout), []));
  return { values };
}

function digestsIn(value: unknown, at: readonly string[]): [string, string | boolean][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, one]: [string, unknown]): [string, string | boolean][] => {
    const here = [...at, name];
    if ((typeof one === "string" || typeof one === "boolean") && /(^d|D)igest$/.test(name) && one !== "")
      return [[here.join("."), one]];
    return digestsIn(one, here);
  });
}
