import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { controls } from "#programs/cis/controls/index.ts";
import { ownChecks } from "#programs/doctor/checks/index.ts";

/** Those that people write. */
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync("docs", { encoding: "utf8", recursive: true })
    .filter((file) => file.endsWith(".md") && file !== "variables.md" && !/^(api|\.vitepress)\//.test(file))
    .map((file) => path.join("docs", file)),
];
const textOf = (page: string): string => readFileSync(page, "utf8");
/** Without code blocks: their lines with # are comments. */
const proseOf = (page: string): string => textOf(page).replaceAll(/^ *```[\s\S]*?^ *```/gm, "");
/** As GitHub makes them of headings. */
const anchorsOf = (page: string): string[] =>
  [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );

describe("the pages of the documentation", () => {
  it("link to files and headings that exist", () => {
    const broken = pages.flatMap((page) =>
      [
        ...proseOf(page)
          .replaceAll(/`[^`]*`/g, "")
          .matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]+))?\)/g),
      ]
        .filter(([, file = "", anchor]) => {
          const target = file === "" ? page : path.join(path.dirname(page), file);
          return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
        })
        .map(([link]) => `${page}: ${link}`),
    );
    expect(broken).to.deep.equal([]);
  });

  it("name npm scripts that exist, here or in a new project", () => {
    const scripts = ["package.json", "lib/engine/cli/init/project/package.json.hbs"].map(textOf).join("\n");
    const missing = pages.flatMap((page) =>
      [...textOf(page).matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)]
        .map(([, name = ""]) => name)
        .filter((name) => !scripts.includes(`"${name}":`))
        .map((name) => `${page}: ${name}`),
    );
    expect(missing).to.deep.equal([]);
  });

  it("have no cell of a table that is longer than 300 characters", () => {
    const long = pages
      .flatMap((page) => proseOf(page).split("\n"))
      .filter((line) => line.startsWith("|"))
      .flatMap((line) => line.split(" | "))
      .filter((cell) => cell.trim().length > 300);
    expect(long).to.deep.equal([]);
  });

  it("give a reason for each package in docs/architecture.md", () => {
    const { dependencies, devDependencies } = JSON.parse(textOf("package.json")) as Record<string, object>;
    const architecture = textOf("docs/architecture.md");
    const names = Object.keys({ ...dependencies, ...devDependencies });
    expect(names.filter((name) => !architecture.includes(`\`${name}\``))).to.deep.equal([]);
  });

  it("answer each manual control of the CIS benchmark, and no other", () => {
    const [, answers = ""] = /^## The manual controls$([\s\S]*?)^## /m.exec(textOf("docs/operations/cis.md")) ?? [];
    const cells = answers.split("\n").map((line) => line.split("|")[1]?.trim() ?? "");
    const numbers = cells
      .flatMap((cell) => cell.split(", "))
      .flatMap((one) => {
        const [, section = "", first = "", last = first] = /^(\d[\d.]*\.)(\d+)(?: to [\d.]*\.(\d+))?$/.exec(one) ?? [];
        const from = Number(first);
        return section === ""
          ? []
          : Array.from({ length: Number(last) - from + 1 }, (_, index) => `${section}${String(from + index)}`);
      });
    const manual = controls.filter(({ kind }) => kind === "manual").map(({ number }) => number);
    expect(numbers).to.have.members(manual);
  });

  it("describe each check of the doctor", () => {
    const doctor = textOf("docs/operations/doctor.md");
    expect(ownChecks.map(({ name }) => name).filter((name) => !doctor.includes(`| \`${name}\``))).to.deep.equal([]);
  });
});
