import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { lookUp, objectFile } from "#engine/cache/cache.ts";
import { architectures, type Component } from "#artifacts/catalogue/component.ts";
import { ofController, refName, want, type WantedComponent } from "#artifacts/catalogue/wanted.ts";
import { defaultVersions, released } from "../addresses.ts";
import type { ComponentRecord } from "../record.ts";
import { recordComponent, writeRecord } from "./component.ts";
import { parseOptions, type RecorderOptions } from "./options.ts";
import { downloadAll, wrongVersions } from "./programs.ts";

const isInImage = ({ upstream }: Component): boolean => upstream !== undefined && "image" in upstream;
const crane: WantedComponent[] = released
  .filter(({ name }) => name === "crane")
  .map((one) => want(one, defaultVersions, ofController()));

/** crane reads images; it is downloaded as a play downloads it. */
async function craneIn(folder: string, options: RecorderOptions): Promise<string> {
  const cache = await downloadAll(crane, folder, options);
  const [ref] = await Promise.all(crane.map((one) => lookUp(cache, refName(one, "crane"))));
  return ref ? objectFile(cache, ref.sha256) : "crane";
}

const refused = ({ urls }: ComponentRecord): string[] =>
  urls.flatMap((one) => (one.status === 200 ? [] : [`${"url" in one ? one.url : one.image}: ${String(one.status)}`]));

/** Records upstream's answers, and then downloads every program as a play does. Resolves with what is wrong. */
async function record(options: RecorderOptions, folder: string): Promise<readonly string[]> {
  const { names, out } = options;
  const components = released.filter(({ name }) => names.length === 0 || names.includes(name));
  const reader = components.some(isInImage) ? await craneIn(folder, options) : "crane";
  await mkdir(out, { recursive: true });
  const problems: string[] = [];
  for (const component of components) {
    const found = await recordComponent(component, reader, folder);
    console.log(`${component.name} ${found.version}: ${(await writeRecord(found, out)) ? "recorded" : "as recorded"}`);
    problems.push(...refused(found));
  }
  if (problems.length > 0) return problems;
  const wanted = architectures.flatMap((one) => components.map((component) => want(component, defaultVersions, one)));
  const wrong = await wrongVersions(wanted, await downloadAll(wanted, folder, options), folder);
  return wrong.map((one) => `${one}: the program does not report this version`);
}

const folder = await mkdtemp(path.join(process.env.UPSTREAM_FOLDER ?? tmpdir(), "kubeplay-record-"));
try {
  const problems = await record(parseOptions(process.argv.slice(2)), folder);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
