// @ts-check
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build, transform } from "esbuild";
import "./environment.mjs";
import { home, library } from "./home.mjs";

/**
 * @typedef {{ readonly digest: string, readonly imports: readonly string[] }} Module
 * @typedef {Readonly<Record<string, Module>>} Modules Each compiled file by its absolute path, and each npm package by its folder.
 */

const require = createRequire(import.meta.url);

/** Compiled CommonJS packages call `require`. */
const banner =
  'import { createRequire as kubeplayRequire } from "node:module"; const require = kubeplayRequire(import.meta.url);';

const inPackage = `${path.sep}node_modules${path.sep}`;
/** Whether a file belongs to an npm package, other than kubeplay. */
const isPackaged = (/** @type {string} */ file) =>
  (file.startsWith(home + path.sep) ? file.slice(home.length) : file).includes(inPackage);
const own = /^(?:node:)?process$/;
const namespace = "kubeplay-process";
/** `process` with the environment that records what is read. */
const watched = "globalThis.kubeplayProcess";
const watchedModule = `export * from "node:process"; export default ${watched}; export const { env } = ${watched};`;

const digestOf = (/** @type {string | Buffer} */ content) => createHash("sha256").update(content).digest("base64url");

/** What tells a module where it is. */
const place = /\bimport\.meta\.(?:dirname|filename|url)\b|\b__(?:dirname|filename)\b/;

/**
 * Each module's place is that of its source. Modules outside of the library are the project's own: their `process`
 * records the environment variables that they read. Takes the digest of what is compiled.
 * @param {Map<string, string>} digests
 */
const asWritten = (digests) => {
  const isOwn = (/** @type {string} */ file) => !isPackaged(file) && !file.startsWith(library);
  return {
    name: "as written",
    /** @param {import("esbuild").PluginBuild} setup */
    setup: (setup) => {
      setup.onResolve({ filter: own }, ({ importer, namespace: from }) =>
        from === "file" && isOwn(importer) ? { path: "process", namespace } : undefined,
      );
      setup.onLoad({ filter: /.*/, namespace }, () => ({ loader: "js", contents: watchedModule, resolveDir: home }));
      setup.onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path: file }) => {
        const text = await readFile(file, "utf8");
        const watches = isOwn(file) && /\bprocess\b/.test(text);
        if (isPackaged(file) && !place.test(text)) return undefined;
        digests.set(file, digestOf(text));
        const loader = file.endsWith("ts") ? "ts" : "js";
        if (!watches && !place.test(text)) return { loader, contents: text };
        const define = { ...placeOf(file), ...(watches && watchedNames) };
        return { loader: "js", contents: await withDefined(file, loader, text, define) };
      });
    },
  };
};

const watchedNames = { process: watched, "globalThis.process": watched, "global.process": watched };

function placeOf(/** @type {string} */ file) {
  const [filename, dirname] = [JSON.stringify(file), JSON.stringify(path.dirname(file))];
  const ofScript = { __filename: filename, __dirname: dirname };
  const url = JSON.stringify(pathToFileURL(file).href);
  return { ...ofScript, "import.meta.filename": filename, "import.meta.dirname": dirname, "import.meta.url": url };
}

/** @param {string} file @param {"ts" | "js"} loader @param {string} contents @param {Record<string, string>} define */
async function withDefined(file, loader, contents, define) {
  const { code } = await transform(contents, {
    loader,
    sourcefile: file,
    sourcemap: "inline",
    target: "node20",
    define,
  });
  return code;
}

/** As an address: esbuild writes paths relative to the result's folder, whatever the folder of the file that imports. */
const leftToNode = (/** @type {string} */ file) => ({ path: pathToFileURL(file).href, external: true });

/**
 * Resolves kubeplay's public modules to this copy, whichever copy a project or a package of roles has installed: there is
 * one engine. Also packages that cannot be compiled in, because of native code or optional parts that are not there: the
 * project may not see them.
 */
const oneKubeplay = {
  name: "one kubeplay",
  /** @param {import("esbuild").PluginBuild} setup */
  setup: (setup) => {
    setup.onResolve({ filter: /^kubeplay(?:\/|$)/ }, ({ path: name, kind, pluginData }) =>
      pluginData === setup ? undefined : setup.resolve(name, { kind, resolveDir: home, pluginData: setup }),
    );
    setup.onResolve({ filter: /^(?:ssh2|@cyclonedx\/.+)$/ }, ({ path: name }) => leftToNode(require.resolve(name)));
  },
};

/**
 * Leaves CommonJS packages that are imported when they are first needed to Node.js: esbuild gives such an import no
 * other name than `default`.
 */
const commonJsAsNeeded = {
  name: "CommonJS as needed",
  /** @param {import("esbuild").PluginBuild} setup */
  setup: (setup) => {
    setup.onResolve({ filter: /.*/ }, async ({ path: name, kind, importer, resolveDir, pluginData }) => {
      if (kind !== "dynamic-import" || pluginData === commonJsAsNeeded) return undefined;
      const found = await setup.resolve(name, { kind, importer, resolveDir, pluginData: commonJsAsNeeded });
      return !found.external && isPackaged(found.path) && isCommonJs(found.path) ? leftToNode(found.path) : found;
    });
  },
};

const isCommonJs = (/** @type {string} */ file) =>
  file.endsWith(".cjs") || (file.endsWith(".js") && typeOf(path.dirname(file)) !== "module");

/** The type that the nearest package.json gives the files of a folder. @param {string} folder @returns {unknown} */
function typeOf(folder) {
  const file = path.join(folder, "package.json");
  if (path.dirname(folder) === folder) return undefined;
  if (!existsSync(file)) return typeOf(path.dirname(folder));
  /** @type {{ readonly type?: unknown }} */
  const about = JSON.parse(readFileSync(file, "utf8"));
  return about.type;
}

const settings = (/** @type {string} */ root) => ({
  absWorkingDir: root,
  bundle: true,
  format: /** @type {const} */ ("esm"),
  platform: /** @type {const} */ ("node"),
  target: "node20",
  // In the repository; the package has no sources.
  conditions: existsSync(path.join(library, "engine", "index.ts")) ? ["kubeplay-source"] : [],
  logLevel: /** @type {const} */ ("silent"),
});

/**
 * @param {string} root
 * @param {readonly string[]} entries absolute
 * @param {string} into the folder for the result
 * @returns {Promise<{ inputs: string[], outputs: Record<string, string>, modules: Modules }>} absolute paths
 */
export async function compile(root, entries, into) {
  /** @type {Map<string, string>} */
  const digests = new Map();
  const { metafile } = await build({
    ...settings(root),
    entryPoints: [...entries],
    outdir: into,
    outExtension: { ".js": ".mjs" },
    splitting: true,
    banner: { js: banner },
    plugins: [oneKubeplay, commonJsAsNeeded, asWritten(digests)],
    sourcemap: "linked",
    sourcesContent: false,
    metafile: true,
  });
  const absolute = (/** @type {string} */ file) => path.resolve(root, file);
  const made = Object.entries(metafile.outputs).flatMap(([output, { entryPoint }]) =>
    entryPoint === undefined ? [] : [/** @type {const} */ ([absolute(entryPoint), absolute(output)])],
  );
  const files = filesOf(root, metafile);
  return {
    inputs: files.map(({ file }) => file),
    outputs: Object.fromEntries(made),
    modules: modulesOf(files, digests),
  };
}

/**
 * Why entries cannot be compiled, by their absolute paths: a file that is broken breaks all that import it, however
 * indirectly. Broken files are emptied until the rest compiles, which tells who imports them.
 * @param {string} root
 * @param {readonly string[]} entries absolute
 * @param {unknown} failure of their compilation
 * @returns {Promise<Record<string, string>>}
 */
export async function brokenAmong(root, entries, failure) {
  const broken = new Map(brokenFiles(root, failure));
  for (;;)
    try {
      const options = { ...settings(root), entryPoints: [...entries], outdir: "unused" };
      const { metafile } = await build({
        ...options,
        plugins: [oneKubeplay, commonJsAsNeeded, emptied(broken)],
        write: false,
        metafile: true,
      });
      return importersOf(broken, entries, filesOf(root, metafile));
    } catch (error) {
      const more = brokenFiles(root, error).filter(([file]) => !broken.has(file));
      if (more.length === 0) throw error;
      for (const [file, why] of more) broken.set(file, why);
    }
}

/**
 * The files that are to blame, each with its first error.
 * @param {string} root
 * @param {unknown} failure
 * @returns {(readonly [string, string])[]}
 */
function brokenFiles(root, failure) {
  const { errors = [] } = /** @type {Partial<import("esbuild").BuildFailure>} */ (failure);
  const found = errors.flatMap((one) =>
    one.location ? [/** @type {const} */ ([path.resolve(root, one.location.file), errorInWords(one)])] : [],
  );
  return [...new Map(found.reverse())];
}

const emptied = (/** @type {ReadonlyMap<string, string>} */ files) => ({
  name: "emptied",
  /** @param {import("esbuild").PluginBuild} setup */
  setup: (setup) => {
    const names = [...files.keys()].map((file) => file.replaceAll(/[.+*?^${}()|[\]\\]/g, "\\$&"));
    // As if from another module, of which esbuild does not know the names: others may import any.
    const contents = 'export * from "node:process"; export default undefined;';
    const loaded = { loader: /** @type {const} */ ("js"), contents };
    if (names.length > 0) setup.onLoad({ filter: new RegExp(`^(?:${names.join("|")})$`) }, () => loaded);
  },
});

/**
 * @param {ReadonlyMap<string, string>} broken
 * @param {readonly string[]} entries
 * @param {readonly { readonly file: string, readonly imports: readonly string[] }[]} files
 */
function importersOf(broken, entries, files) {
  const imports = new Map(files.map((one) => [one.file, one.imports]));
  const found = entries.flatMap((entry) => {
    const reached = new Set([entry]);
    for (const file of reached) for (const imported of imports.get(file) ?? []) reached.add(imported);
    const why = [...reached].flatMap((file) => broken.get(file) ?? []);
    return why.length > 0 ? [/** @type {const} */ ([entry, why.join("\n")])] : [];
  });
  return Object.fromEntries(found);
}

/** @param {string} root @param {import("esbuild").Metafile} metafile */
const filesOf = (root, { inputs }) =>
  Object.entries(inputs)
    .filter(([file]) => !file.startsWith(`${namespace}:`))
    .map(([file, { imports }]) => ({
      file: path.resolve(root, file),
      imports: imports.map((one) => path.resolve(root, one.path)),
    }));

/** @param {import("esbuild").Message} message */
const errorInWords = ({ text, location }) =>
  location ? `${location.file}:${String(location.line)}:${String(location.column + 1)}: ${text}` : text;

/**
 * The graph of modules. The files of an npm package count as one module.
 * @param {readonly { readonly file: string, readonly imports: readonly string[] }[]} files
 * @param {ReadonlyMap<string, string>} digests of those that were read already
 * @returns {Modules}
 */
function modulesOf(files, digests) {
  /** @type {Map<string, { contents: string[], imports: Set<string> }>} */
  const found = new Map();
  for (const { file, imports } of files) {
    const name = moduleOf(file);
    const known = found.get(name) ?? { contents: [], imports: new Set() };
    found.set(name, known);
    known.contents.push(`${file.slice(name.length)} ${digests.get(file) ?? digestOf(readFileSync(file))}`);
    for (const imported of imports) if (moduleOf(imported) !== name) known.imports.add(moduleOf(imported));
  }
  const modules = [...found].map(([name, { contents, imports }]) => {
    const [only = ""] = contents;
    const digest = contents.length === 1 ? only.trim() : digestOf(contents.sort().join("\n"));
    return /** @type {const} */ ([name, { digest, imports: [...imports].filter((one) => found.has(one)) }]);
  });
  return Object.fromEntries(modules);
}

/** @param {string} file */
function moduleOf(file) {
  const start = file.lastIndexOf(inPackage);
  if (!isPackaged(file)) return file;
  const [first = "", second = ""] = file.slice(start + inPackage.length).split(path.sep);
  return file.slice(0, start) + inPackage + (first.startsWith("@") ? path.join(first, second) : first);
}
