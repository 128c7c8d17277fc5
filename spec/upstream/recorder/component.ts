import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { parse, stringify } from "yaml";
import { architectures, type Component } from "#artifacts/catalogue/component.ts";
import { want } from "#artifacts/catalogue/wanted.ts";
import { addressesOf, defaultVersions, type Address } from "../addresses.ts";
import type { ComponentRecord, RecordedFile, RecordedImage } from "../record.ts";
import { recordFile } from "./file.ts";
import { recordImage } from "./image.ts";

const distinct = (addresses: readonly Address[]): Address[] => [
  ...new Map(addresses.map((one) => [one.address, one])).values(),
];

/** Downloads everything that the catalogue has for a component, and records the answers. */
export async function recordComponent(component: Component, crane: string, folder: string): Promise<ComponentRecord> {
  const work = await mkdtemp(path.join(folder, "record-"));
  try {
    const all = architectures.flatMap((one) => addressesOf(want(component, defaultVersions, one)));
    const names = all.map(({ address }) => path.posix.basename(address));
    const urls: (RecordedFile | RecordedImage)[] = [];
    for (const address of distinct(all))
      urls.push(
        address.kind === "image"
          ? await recordImage(address.address, Object.keys(address.contents), crane, work)
          : await recordFile(address, work, names),
      );
    const version = defaultVersions[component.variable] ?? "";
    return { component: component.name, version, recorded: new Date().toISOString().slice(0, 10), urls };
  } finally {
    await rm(work, { recursive: true });
  }
}

/** What changes between two recordings of the same answers. */
const withoutDay = ({ component, version, urls }: ComponentRecord): string => stringify({ component, version, urls });

/** Writes a record unless the answers are those that it has. Resolves with whether it was written. */
export async function writeRecord(record: ComponentRecord, folder: string): Promise<boolean> {
  const file = path.join(folder, `${record.component}.yaml`);
  const before = await readFile(file, "utf8").catch(() => "");
  if (before !== "" && withoutDay(parse(before) as ComponentRecord) === withoutDay(record)) return false;
  const options = { ...(await resolveConfig(file)), parser: "yaml" };
  await writeFile(file, await format(stringify(record, { lineWidth: 0 }), options));
  return true;
}
