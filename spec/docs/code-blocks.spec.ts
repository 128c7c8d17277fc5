import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import * as kubeplay from "kubeplay";
import { temporaryFolder } from "../lib/engine/temporary.ts";

const pages = readdirSync("docs", { encoding: "utf8", recursive: true })
  // Those of the examples are files of examples/, which have a spec of their own.
  .filter((file) => file.endsWith(".md") && file !== "examples.md" && !/^(api|\.vitepress)\//.test(file))
  .map((file) => path.join("docs", file))
  .concat("README.md");

interface Block {
  /** "docs/ansible.md:120" */
  readonly at: string;
  readonly text: string;
}

const blocksOf = (page: string): readonly Block[] => {
  const text = readFileSync(page, "utf8");
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(({ 1: block = "", index }) => ({
    at: `${page}:${String(text.slice(0, index).split("\n").length)}`,
    text: block,
  }));
};

/** What a fragment takes for granted: a role's function has it. */
const given = "declare const facts: import('kubeplay').Facts;";

/** A module: a fragment gets the imports that it leaves out; what would be a property becomes one. */
function moduleOf({ text }: Block): string {
  if (/^(import|export) /m.test(text)) return text;
  const names = Object.keys(kubeplay).filter((name) => new RegExp(`\\b${name}\\(`).test(text));
  const body = /^\w+: /.test(text) ? `export const fragment = {\n${text}};\n` : text;
  return `import { ${names.join(", ")} } from "kubeplay";\n${given}\n${body}export {};\n`;
}

/** Where a block belongs: its first line may say it, or its imports. */
function placeOf({ text }: Block, index: number): string {
  const [, named] = /^\/\/ (\S+\.ts)\n/.exec(text) ?? [];
  const depth = Math.max(0, ...[...text.matchAll(/from "((?:\.\.\/)+)roles/g)].map(([, up = ""]) => up.length / 3));
  const [, within] = /^\/\/ in a file of (\S+)\n/.exec(text) ?? [];
  const folder = within ?? ["", "spec", "spec/hosts"][depth] ?? "";
  return named ?? path.join(folder, `block-${String(index)}.ts`);
}

describe("the code of the documentation", () => {
  it("has the right types", () => {
    const root = temporaryFolder();
    const here = process.cwd();
    const blocks = pages.flatMap(blocksOf);
    expect(blocks.length).to.be.greaterThan(10);
    const files = blocks.map((block, index) => ({ ...block, file: placeOf(block, index) }));
    expect(new Set(files.map(({ file }) => file)).size, "two blocks are one file").to.equal(files.length);
    for (const block of files) {
      mkdirSync(path.dirname(path.join(root, block.file)), { recursive: true });
      writeFileSync(path.join(root, block.file), moduleOf(block));
    }
    // The role that `kubeplay init` makes, of which a page writes the spec.
    mkdirSync(path.join(root, "roles/motd"), { recursive: true });
    cpSync("lib/engine/cli/init/project/role.ts.hbs", path.join(root, "roles/motd/index.ts"));
    writeFileSync(path.join(root, "package.json"), '{ "type": "module" }');
    symlinkSync(path.join(here, "node_modules"), path.join(root, "node_modules"));
    symlinkSync(path.join(here, "spec/lib"), path.join(root, "spec/lib"));
    const source = (file: string): string[] => [path.join(here, file)];
    writeFileSync(
      path.join(root, "tsconfig.json"),
      JSON.stringify({
        extends: path.join(here, "tsconfig.json"),
        compilerOptions: {
          typeRoots: [path.join(here, "node_modules/@types")],
          paths: {
            kubeplay: source("lib/engine/index.ts"),
            "kubeplay/testing": source("lib/engine/testing/index.ts"),
            "kubeplay/doctor": source("lib/programs/doctor/index.ts"),
            "kubeplay/kubernetes": source("lib/kubernetes/index.ts"),
            "kubeplay/playbooks": source("playbooks/index.ts"),
            "#engine/*": source("lib/engine/*"),
            "#roles/*": [path.join(root, "roles/*")],
          },
        },
        include: [],
        files: [path.join(here, "lib/engine/start/types.d.ts"), ...files.map(({ file }) => file)],
      }),
    );
    const { status, stdout } = spawnSync(path.join(here, "node_modules/.bin/tsc"), ["--noEmit", "-p", root], {
      cwd: root,
      encoding: "utf8",
    });
    const named = files.reduce((text, { file, at }) => text.replaceAll(`${file}(`, `${at}: ${file}(`), stdout);
    expect(status, named).to.equal(0);
  });
});
