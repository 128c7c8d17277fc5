import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import path from "node:path";
import { $ } from "zx/core";
import { parseDocument, stringify, type Document } from "yaml";
import { sha256Of } from "#engine/cache/cache.ts";
import type { Address } from "../addresses.ts";
import { unknownDigest, type RecordedFile } from "../record.ts";
import { pack, type Origin } from "./archive.ts";
import type { Programs } from "./programs.ts";

export interface Contents {
  /** The file that a recorded URL has; made at the first request. */
  fileOf(url: string): Promise<string>;
}

interface Origins {
  readonly programs: Programs;
  /** The digest of an image that is served here. */
  readonly digestOf: (image: string) => Promise<string | undefined>;
}

const digestOfText = (text: string): string => createHash("sha256").update(text).digest("hex");
const withoutEnd = (url: string): string => url.replace(/\.sha256(sum)?$/, "");

/** Makes the files of a fake upstream below a folder: archives with the recorded layout, checksums in the recorded form. */
export function contentsOf(
  files: readonly RecordedFile[],
  addresses: readonly Address[],
  { programs, digestOf: digestOfImage }: Origins,
  folder: string,
): Contents {
  const recorded = new Map(files.map((file) => [file.url, file]));
  const known = new Map(addresses.map((one) => [one.address, one]));
  const made = new Map<string, Promise<string>>();
  const fileOf = (url: string): Promise<string> => {
    const found = made.get(url) ?? make(url);
    made.set(url, found);
    return found;
  };

  const digestOf = async (url: string): Promise<string | undefined> =>
    recorded.has(url) ? sha256Of(await fileOf(url)) : undefined;

  /** A recorded line with the digest of the file that is served here. */
  async function line(url: string, text: string): Promise<string> {
    const [, digest = "", gap = "", name = ""] = /^(<sha256>|[0-9a-f]{64})(\s+\*?)?(.*)$/.exec(text) ?? [];
    if (digest === "") return text;
    const target = name === "" ? withoutEnd(url) : new URL(path.posix.basename(name), url).href;
    const served = await digestOf(target);
    return `${served ?? (digest === unknownDigest ? digestOfText(text) : digest)}${gap}${name}`;
  }

  async function make(url: string): Promise<string> {
    const record = recorded.get(url);
    if (!record) throw new Error(`${url} is not recorded`);
    await mkdir(folder, { recursive: true });
    const work = await mkdtemp(path.join(folder, "file-"));
    const to = path.join(work, path.posix.basename(new URL(url).pathname));
    if (record.lines) {
      const lines = await Promise.all(record.lines.map((one) => line(url, one)));
      await writeFile(to, lines.map((one) => `${one}\n`).join(""));
    } else if (record.chart !== undefined) await writeFile(to, await chartIndex(record.chart));
    else await makeArchive(record, work, to);
    return to;
  }

  async function chartIndex(chart: string): Promise<string> {
    const charts = addresses.filter(({ kind, address }) => kind === "tree" && address.includes(`/${chart}-`));
    const entries = charts.map(async ({ address, wanted }) => ({
      ...{ apiVersion: "v2", name: chart, version: wanted.version },
      ...{ digest: await digestOf(address), urls: [path.posix.basename(address)] },
    }));
    const [first] = await Promise.all(entries);
    return stringify({ apiVersion: "v1", entries: { [chart]: first ? [first] : [] } });
  }

  async function makeArchive(record: RecordedFile, work: string, to: string): Promise<void> {
    const address = known.get(record.url);
    if (!address) throw new Error(`${record.url} is recorded, but the catalogue does not have it`);
    const { contents, wanted } = address;
    if (!record.members) return copyFile(await programs(wanted, contents[""] ?? ""), to);
    const places = address.kind === "tree" ? await unpackTree(address, record, work) : await placesOf(address);
    const originOf: Origin = (member) => places[member.replace(/\/$/, "")];
    await pack(record.members, originOf, { work: path.join(work, "members"), to, compress: true });
  }

  const placesOf = async ({ contents, wanted }: Address): Promise<Record<string, string>> =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(contents).map(async ([member, name]) => [member, await programs(wanted, name)] as const),
      ),
    );

  /** The paths of a tree, as they are in the archive that it is taken from. */
  async function unpackTree({ contents, wanted }: Address, record: RecordedFile, work: string) {
    const [name = ""] = wanted.component.binaries;
    const tree = path.join(work, "tree");
    await mkdir(tree);
    await $({ quiet: true })`tar -xzf ${await programs(wanted, name)} -C ${tree}`;
    const places = Object.fromEntries(Object.entries(contents).map(([source, to]) => [source, path.join(tree, to)]));
    const valuesFile = path.join(tree, Object.values(contents)[0] ?? "", "values.yaml");
    if (record.values) await setValues(valuesFile, record.values, digestOfImage);
    // A chart's record lists what is inside its folder.
    for (const member of record.members ?? []) {
      const [source, inside] = splitAt(member.replace(/\/$/, ""), Object.keys(contents));
      const place = path.join(places[source ?? ""] ?? "", inside);
      if (source !== undefined && existsSync(place)) places[member.replace(/\/$/, "")] = place;
    }
    return places;
  }
  return { fileOf };
}

/** The folder of these that contains the member, and the path in it. */
function splitAt(member: string, folders: readonly string[]): [string | undefined, string] {
  const folder = folders.find((one) => member.startsWith(`${one}/`));
  return [folder, folder === undefined ? "" : member.slice(folder.length + 1)];
}

/** Fills in values; those that are digests of images become the digests of the images that are served here. */
async function setValues(
  file: string,
  values: NonNullable<RecordedFile["values"]>,
  digestOf: Origins["digestOf"],
): Promise<void> {
  const document = parseDocument(await readFile(file, "utf8"));
  for (const [name, value] of Object.entries(values)) {
    const place = name.split(".");
    const image = imageOf(document, place);
    document.setIn(place, (image === undefined ? undefined : await digestOf(image)) ?? value);
  }
  await writeFile(file, document.toString());
}

/** The image whose digest belongs here: beside "image.digest" are its repository and tag. */
function imageOf(document: Document, place: readonly string[]): string | undefined {
  const [, variant] = /^(.*)digest$/i.exec(place.at(-1) ?? "") ?? [];
  if (variant === undefined) return undefined;
  const [repository, tag] = ["repository", "tag"].map((name) => document.getIn([...place.slice(0, -1), name]));
  return `${String(repository)}${variant === "" ? "" : `-${variant}`}:${String(tag)}`;
}
