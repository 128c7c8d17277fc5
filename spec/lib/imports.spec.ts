import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import ts from "typescript";

type Targets = Readonly<Record<string, string | { readonly "kubeplay-source": string }>>;
const { imports, exports } = JSON.parse(readFileSync("package.json", "utf8")) as { imports: Targets; exports: Targets };

const sources = ["lib", "roles", "playbooks", "bench"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|mjs)$/.test(name))
    .map((name) => path.join(folder, name)),
);

/** The file that an import of another file of the project names; undefined for a package. */
function target(from: string, name: string): string | undefined {
  if (name.startsWith(".")) return path.join(path.dirname(from), name);
  const isOwn = name === "kubeplay" || name.startsWith("kubeplay/");
  return isOwn ? named(exports, name.replace("kubeplay", ".")) : named(imports, name);
}

function named(targets: Targets, name: string): string | undefined {
  for (const [pattern, found] of Object.entries(targets)) {
    const [before = "", after] = pattern.split("*");
    if (after === undefined ? name !== pattern : !name.startsWith(before) || !name.endsWith(after)) continue;
    const rest = name.slice(before.length, name.length - (after ?? "").length);
    return path.normalize((typeof found === "string" ? found : found["kubeplay-source"]).replace("*", rest));
  }
  return undefined;
}

/** The files that a file imports, types included. */
const importsOf = (file: string): string[] =>
  ts
    .preProcessFile(readFileSync(file, "utf8"))
    .importedFiles.flatMap(({ fileName }) => target(file, fileName) ?? [])
    .filter((name) => sources.includes(name));

describe("the imports of the sources", () => {
  it("have no circle, types included", () => {
    const graph = new Map(sources.map((file) => [file, importsOf(file)]));
    expect([...graph.values()].flat().length, "imports").to.be.greaterThan(1000);
    // Files without imports are taken away, again and again: circles are left.
    for (let size = Infinity; graph.size < size;) {
      size = graph.size;
      for (const [file, needed] of graph) if (!needed.some((name) => graph.has(name))) graph.delete(file);
    }
    // What only leads to a circle is not part of it.
    for (let size = Infinity; graph.size < size;) {
      size = graph.size;
      const used = new Set([...graph.values()].flat());
      for (const file of graph.keys()) if (!used.has(file)) graph.delete(file);
    }
    expect([...graph.keys()]).to.deep.equal([]);
  });
});
