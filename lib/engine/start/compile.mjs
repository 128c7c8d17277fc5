// @ts-check
import { readFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

/** Compiled CommonJS packages call `require`. */
const banner =
  'import { createRequire as kubeplayRequire } from "node:module"; const require = kubeplayRequire(import.meta.url);';

/** `import.meta.dirname` stays the folder of the source. */
const ownFolder = {
  name: "own folder",
  /** @param {import("esbuild").PluginBuild} setup */
  setup: (setup) => {
    setup.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      if (file.includes(`${path.sep}node_modules${path.sep}`)) return undefined;
      const text = await readFile(file, "utf8");
      return { loader: "ts", contents: text.replaceAll("import.meta.dirname", JSON.stringify(path.dirname(file))) };
    });
  },
};

/**
 * @param {string} root
 * @param {readonly string[]} entries absolute
 * @param {string} into the folder for the result
 * @returns {Promise<{ inputs: string[], outputs: Record<string, string> }>} absolute paths
 */
export async function compile(root, entries, into) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...entries],
    outdir: into,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // It has native code that is built when it is installed.
    external: ["ssh2"],
    banner: { js: banner },
    plugins: [ownFolder],
    sourcemap: "linked",
    sourcesContent: false,
    metafile: true,
    logLevel: "silent",
  });
  const absolute = (/** @type {string} */ file) => path.resolve(root, file);
  const made = Object.entries(metafile.outputs).flatMap(([output, { entryPoint }]) =>
    entryPoint === undefined ? [] : [/** @type {const} */ ([absolute(entryPoint), absolute(output)])],
  );
  return { inputs: Object.keys(metafile.inputs).map(absolute), outputs: Object.fromEntries(made) };
}
