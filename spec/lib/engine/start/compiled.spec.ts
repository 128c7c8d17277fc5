import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import type { Modules } from "#engine/runner/sealed/modules.ts";
import { compiled } from "#engine/start/compiled.mjs";
import { temporaryFolder } from "../temporary.ts";

describe("a compiled project", () => {
  const folder = temporaryFolder();
  const playbook = path.join(folder, "playbooks", "site.ts");
  const shared = path.join(folder, "shared.ts");
  const says = async (file: string): Promise<string> => {
    const output = (await compiled(folder, [])).outputs[file]!;
    return ((await import(pathToFileURL(output).href)) as { default: string }).default;
  };
  /** Sets a new time for each write: sources are compared by time and size, and the clock may not tick in between. */
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    const then = new Date(Date.now() - 10_000 * ++writes);
    utimesSync(file, then, then);
  };
  let writes = 0;
  const results = () => readdirSync(path.join(folder, ".kubeplay", "compiled")).filter((name) => !name.includes("."));

  before(() => {
    write(path.join(folder, "package.json"), `{ "type": "module" }`);
    write(shared, `export const word: string = "one";`);
    write(playbook, `import { word } from "../shared.ts";\nexport default word;`);
    write(path.join(folder, "roles", "motd", "index.ts"), `export default import.meta.dirname;`);
  });

  it("behaves as its sources do, and keeps each module's own folder", async () => {
    expect(await says(playbook)).to.equal("one");
    expect(await says(path.join(folder, "roles", "motd", "index.ts"))).to.equal(path.join(folder, "roles", "motd"));
  });

  it("is not compiled again if nothing changed", async () => {
    const before = results();
    await compiled(folder, []);
    expect(results()).to.deep.equal(before);
  });

  it("is compiled again if a file that an entry imports changed, or an entry was added", async () => {
    write(shared, `export const word: string = "two";`);
    expect(await says(playbook)).to.equal("two");
    const another = path.join(folder, "playbooks", "another.ts");
    write(another, `export { word as default } from "../shared.ts";`);
    expect(await says(another)).to.equal("two");
    rmSync(another);
    expect((await compiled(folder, [])).outputs).not.to.have.property(another);
  });

  it("takes no word of the command line for a playbook that is too long for a file's name", async () => {
    const word = path.join(folder, "playbooks", `${"a test|".repeat(100)}.ts`);
    expect((await compiled(folder, [word])).outputs).not.to.have.property(word);
  });

  it("includes a playbook that is named by its path", async () => {
    const mine = path.join(folder, "mine.ts");
    write(mine, `export default "mine";`);
    expect(statSync((await compiled(folder, [mine])).outputs[mine]!).isFile()).to.equal(true);
  });

  it("keeps the results of as many programs as are used in turn, and of one that was used a moment ago", async () => {
    const programs = Array.from({ length: 8 }, (_, number) => path.join(folder, `program-${String(number)}.ts`));
    const age = (result: string, hours: number): void => {
      const then = new Date(Date.now() - hours * 3_600_000);
      utimesSync(path.join(folder, ".kubeplay", "compiled", result), then, then);
    };
    const resultOf = async (named: readonly string[]) =>
      path.basename(path.dirname((await compiled(folder, named)).modules));
    const first = await resultOf([]);
    age(first, 100);
    expect(await resultOf([])).to.equal(first);
    const made = [];
    for (const program of programs) {
      write(program, `export default "program";`);
      const result = await resultOf([program]);
      age(result, 1);
      made.push(result);
    }
    expect(results()).to.include.members([first, ...made]);
    for (const program of programs) rmSync(program);
  });

  it("removes results that were not used for long", async () => {
    const old = Array.from({ length: 20 }, (_, number) => `old-${String(number)}`);
    for (const name of old) {
      const result = path.join(folder, ".kubeplay", "compiled", name);
      mkdirSync(result);
      utimesSync(result, new Date(0), new Date(0));
    }
    const mine = path.join(folder, "mine.ts");
    write(mine, `export default "mine again";`);
    await compiled(folder, [mine]);
    expect(results()).to.have.length.of.at.most(16);
    rmSync(mine);
  });

  it("is compiled again if it was damaged", async () => {
    const [output] = Object.values((await compiled(folder, [])).outputs);
    rmSync(output!);
    const manifests = path.join(folder, ".kubeplay", "compiled");
    expect(await says(playbook)).to.equal("two");
    for (const name of readdirSync(manifests))
      if (name.endsWith(".json")) writeFileSync(path.join(manifests, name), "{");
    expect(await says(playbook)).to.equal("two");
  });

  it("has the digest of each module that it was compiled from, and what each imports", async () => {
    const { modules } = await compiled(folder, []);
    const graph = JSON.parse(readFileSync(modules, "utf8")) as Modules;
    expect(graph[playbook]?.imports).to.deep.equal([shared]);
    const digest = createHash("sha256").update(readFileSync(shared)).digest("base64url");
    expect(graph[shared]).to.deep.equal({ digest, imports: [] });
  });

  it("knows which environment variables its modules read, whichever way, and not those that they pass on", async () => {
    write(
      path.join(folder, "roles", "motd", "index.ts"),
      `import own, { env } from "node:process";
       const { SPEC_TAKEN } = process.env;
       const passedOn = { ...process.env, SPEC_SET: "1" };
       export default [process.env.SPEC_READ, own.env["SPEC_OWN"], env.SPEC_ENV, SPEC_TAKEN, process.cwd(), passedOn.PATH];`,
    );
    const { outputs } = await compiled(folder, []);
    await import(pathToFileURL(outputs[path.join(folder, "roles", "motd", "index.ts")]!).href);
    const names = globalThis.kubeplayReadVariables();
    expect(names.filter((name) => name.startsWith("SPEC_"))).to.deep.equal([
      "SPEC_ENV",
      "SPEC_OWN",
      "SPEC_READ",
      "SPEC_TAKEN",
    ]);
    expect(names).not.to.include("PATH");
  });

  it("knows the variables that a helper in JavaScript reads, and those that are read through a global object", async () => {
    write(path.join(folder, "helper.mjs"), `export default [process.env.SPEC_HELPER, import.meta.dirname];`);
    write(path.join(folder, "helper.cjs"), `module.exports = global.process.env.SPEC_GLOBAL;`);
    const reads = path.join(folder, "roles", "reads", "index.ts");
    write(
      reads,
      `import helper from "../../helper.mjs";
       import other from "../../helper.cjs";
       export default [globalThis.process.env.SPEC_GLOBAL_THIS, other, helper[1]];`,
    );
    const [, , place] = await says(reads);
    const names = globalThis.kubeplayReadVariables();
    expect(names).to.include.members(["SPEC_GLOBAL", "SPEC_GLOBAL_THIS", "SPEC_HELPER"]);
    expect(place).to.equal(folder);
    rmSync(path.dirname(reads), { recursive: true });
  });

  it("gets each name of a CommonJS package that it imports only when it needs it", async () => {
    const tool = path.join(folder, "node_modules", "tool");
    write(path.join(tool, "package.json"), `{ "name": "tool", "main": "index.js" }`);
    write(path.join(tool, "index.js"), `module.exports.word = "needed"; module.exports.folder = __dirname;`);
    const late = path.join(folder, "roles", "late", "index.ts");
    write(
      late,
      `const tool = () => import("tool");
       const { word } = await import("tool");
       export default [word, (await tool()).folder];`,
    );
    expect(await says(late)).to.deep.equal(["needed", tool]);
    rmSync(path.dirname(late), { recursive: true });
    rmSync(path.dirname(tool), { recursive: true });
  });

  it("has the place of its source in each module, whichever way the module asks, and keeps texts that mention it", async () => {
    const tools = path.join(folder, "node_modules");
    write(path.join(tools, "script", "package.json"), `{ "name": "script", "main": "index.js" }`);
    write(path.join(tools, "script", "index.js"), `module.exports = [__dirname, __filename];`);
    write(path.join(tools, "data", "package.json"), `{ "name": "data", "type": "module", "main": "index.js" }`);
    write(
      path.join(tools, "data", "index.js"),
      `import { fileURLToPath } from "node:url";
       export default fileURLToPath(new URL("data.txt", import.meta.url));`,
    );
    const placed = path.join(folder, "roles", "placed", "index.ts");
    write(path.join(folder, "roles", "placed", "data.json"), `{ "word": "read" }`);
    write(
      placed,
      `import { createRequire } from "node:module";
       import script from "script";
       import data from "data";
       const require = createRequire(import.meta.url);
       const { word } = require("./data.json") as { word: string };
       export default [word, import.meta.filename, import.meta.dirname, "import.meta.dirname", data, ...script];`,
    );
    expect(await says(placed)).to.deep.equal([
      "read",
      placed,
      path.dirname(placed),
      "import.meta.dirname",
      path.join(tools, "data", "data.txt"),
      path.join(tools, "script"),
      path.join(tools, "script", "index.js"),
    ]);
    for (const made of [path.dirname(placed), tools]) rmSync(made, { recursive: true });
  });

  it("gets each name of a CommonJS file that a package imports only when it needs it", async () => {
    const tool = path.join(folder, "node_modules", "tool");
    write(path.join(tool, "package.json"), `{ "name": "tool", "type": "module", "main": "index.js" }`);
    write(path.join(tool, "index.js"), `export default async () => (await import("./old.cjs")).word;`);
    write(path.join(tool, "old.cjs"), `module.exports.word = "old";`);
    const late = path.join(folder, "roles", "late", "index.ts");
    write(late, `import word from "tool";\nexport default await word();`);
    expect(await says(late)).to.equal("old");
    for (const made of [path.dirname(late), tool]) rmSync(made, { recursive: true });
  });

  it("is compiled again if the project's package.json changed, or what compiles it", async () => {
    const mapped = path.join(folder, "playbooks", "mapped.ts");
    write(path.join(folder, "package.json"), `{ "type": "module", "imports": { "#word": "./one.ts" } }`);
    write(path.join(folder, "one.ts"), `export default "one";`);
    write(path.join(folder, "three.ts"), `export default "three";`);
    write(mapped, `export { default } from "#word";`);
    expect(await says(mapped)).to.equal("one");
    write(path.join(folder, "package.json"), `{ "type": "module", "imports": { "#word": "./three.ts" } }`);
    expect(await says(mapped)).to.equal("three");
    const results = path.join(folder, ".kubeplay", "compiled");
    const manifests = readdirSync(results).filter((name) => name.endsWith(".json"));
    const [manifest] = manifests
      .map((name) => readFileSync(path.join(results, name), "utf8"))
      .filter((text) => text.includes(mapped));
    expect(manifest).to.include(path.join("lib", "engine", "start", "compile.mjs"));
    rmSync(mapped);
    write(path.join(folder, "package.json"), `{ "type": "module" }`);
  });

  it("may import a type without saying so, whatever its comments mention", async () => {
    write(path.join(folder, "types.ts"), `export interface Word { word: string }\nexport const word = "typed";`);
    const typed = path.join(folder, "roles", "typed", "index.ts");
    write(
      typed,
      `// Starts a process.\nimport { Word, word } from "../../types.ts";\nexport default ({ word } as Word).word;`,
    );
    expect(await says(typed)).to.equal("typed");
    rmSync(path.dirname(typed), { recursive: true });
  });

  it("leaves out a role that cannot be compiled, with all that imports it, and says why", async () => {
    const broken = path.join(folder, "roles", "broken", "index.ts");
    const importer = path.join(folder, "playbooks", "importer.ts");
    write(broken, `export default "one" +;`);
    write(importer, `import broken from "../roles/broken/index.ts";\nexport default broken;`);
    const { outputs, broken: left = {} } = await compiled(folder, []);
    expect(outputs[playbook]).to.be.a("string");
    expect(Object.keys(left).sort()).to.deep.equal([importer, broken]);
    expect(left[importer]).to.match(/^roles\/broken\/index\.ts:1:23: Unexpected ";"$/);
    const named = await compiled(folder, [importer]).catch((error: unknown) => error);
    expect(named, "a playbook that is named must compile").to.be.instanceOf(Error);
    rmSync(path.dirname(broken), { recursive: true });
    rmSync(importer);
    expect(await compiled(folder, [])).not.to.have.property("broken");
  });

  it("reports the place of a syntax error of a playbook that is named", async () => {
    write(playbook, `export default "one" +;`);
    const error = await compiled(folder, [playbook]).catch(
      (error: unknown) => error as { errors: { location: object }[] },
    );
    expect(error).to.have.nested.property("errors[0].location").that.includes({ file: "playbooks/site.ts", line: 1 });
  });
});
