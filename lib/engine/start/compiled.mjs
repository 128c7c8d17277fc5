// @ts-check
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

/**
 * @typedef {Readonly<Record<string, string>>} Outputs The compiled file of each entry, both absolute.
 * @typedef {{ readonly outputs: Outputs, readonly modules: string, readonly broken?: Readonly<Record<string, string>> }} Compiled
 *   `modules` is a JSON file of all modules; `broken` has the entries that could not be compiled, each with the reason.
 * @typedef {Compiled & { readonly inputs: Readonly<Record<string, string>> }} Manifest
 */

/**
 * The project's programs, playbooks and roles as a few JavaScript files, compiled again if one of the sources changed.
 * Playbooks and roles that cannot be compiled are left out; those that are named must compile.
 * @param {string} project its folder
 * @param {readonly string[]} named programs and playbooks by their paths
 * @returns {Promise<Compiled>}
 */
export async function compiled(project, named) {
  const must = named.map((file) => path.resolve(file));
  const own = entriesOf(project);
  const entries = [...new Set([...own, ...must])].filter(isFile);
  const key = createHash("sha256")
    .update(JSON.stringify([process.version, entries]))
    .digest("hex")
    .slice(0, 16);
  const folder = own.length > 0 ? path.join(project, ".kubeplay", "compiled") : path.join(userCache(), "compiled");
  const manifest = path.join(folder, `${key}.json`);
  const known = read(manifest);
  if (known) return known;
  const { brokenAmong, compile } = await import("./compile.mjs");
  const into = path.join(folder, `${key}-${randomBytes(4).toString("hex")}`);
  const started = Date.now();
  const { broken, inputs, outputs, graph } = await compile(project, entries, into)
    .catch(async (/** @type {unknown} */ failure) => {
      const broken = await brokenAmong(project, entries, failure);
      if (must.some((file) => file in broken)) throw failure;
      const whole = entries.filter((file) => !(file in broken));
      return { broken, ...(await compile(project, whole, into)) };
    })
    .then(({ modules, ...rest }) => ({ broken: undefined, ...rest, graph: modules }));
  const modules = path.join(into, "modules.json");
  writeFileSync(modules, JSON.stringify(graph));
  // Which files mend it is not known: it is compiled again next time.
  if (broken) return { outputs, modules, broken };
  // A source that was edited during compilation may be outdated in it: it is used this time only.
  if (inputs.some((file) => statSync(file).mtimeMs >= started)) return { outputs, modules };
  const settings = ["package.json", "tsconfig.json"].map((name) => path.join(project, name));
  const all = stamps([...inputs, ...settings, path.join(import.meta.dirname, "compile.mjs")]);
  writeFileSync(`${into}.json`, JSON.stringify({ inputs: all, outputs, modules }));
  renameSync(`${into}.json`, manifest);
  removeOld(folder);
  return { outputs, modules };
}

/** As in files.ts, which is not compiled yet. Commands outside of a project leave nothing in the current folder. */
function userCache() {
  const { XDG_CACHE_HOME: set = "" } = process.env;
  return path.join(set === "" ? path.join(homedir(), ".cache") : set, "kubeplay");
}

/** @param {string} root */
function entriesOf(root) {
  const names = (/** @type {string} */ folder) => {
    const all = path.join(root, folder);
    return existsSync(all) ? readdirSync(all).map((name) => path.join(all, name)) : [];
  };
  // Playbooks, and a project's own checks of its cluster.
  const scripts = [...names("playbooks"), ...names("doctor")].filter((file) => file.endsWith(".ts"));
  return [...scripts, ...names("roles").map((role) => path.join(role, "index.ts"))];
}

/** @param {string} file */
const isFile = (file) => existsSync(file) && statSync(file).isFile();

/** @param {string} file */
const stamp = (file) => {
  const { mtimeMs = 0, size = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return `${String(mtimeMs)} ${String(size)}`;
};

/** @param {readonly string[]} files */
const stamps = (files) => Object.fromEntries(files.map((file) => [file, stamp(file)]));

/**
 * The earlier result, if none of its sources has changed.
 * @param {string} manifest
 * @returns {Manifest | undefined}
 */
function read(manifest) {
  try {
    const known = /** @type {Manifest} */ (JSON.parse(readFileSync(manifest, "utf8")));
    const fresh = Object.entries(known.inputs).every(([file, then]) => stamp(file) === then);
    if (!fresh || ![...Object.values(known.outputs), known.modules].every(isFile)) return undefined;
    markUsed(path.dirname(known.modules));
    return known;
  } catch {
    return undefined;
  }
}

/** @param {string} result its folder */
function markUsed(result) {
  try {
    utimesSync(result, new Date(), new Date());
  } catch {
    // It is another user's, or the disk is read-only: it can be used all the same.
  }
}

/** As many as there are programs, twice: each program of a project has a result of its own. */
const kept = 16;

/**
 * Removes all results but those that were used last. Ones that were used a moment ago stay, because a running program
 * may still load parts of one.
 * @param {string} folder
 */
function removeOld(folder) {
  const momentAgo = Date.now() - 10 * 60 * 1000;
  const all = readdirSync(folder)
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, stats: statSync(file, { throwIfNoEntry: false }) }))
    .flatMap(({ file, stats }) => (stats?.isDirectory() ? [{ file, at: stats.mtimeMs }] : []))
    .sort((a, b) => b.at - a.at);
  for (const { file, at } of all.slice(kept)) if (at < momentAgo) rmSync(file, { recursive: true, force: true });
}
