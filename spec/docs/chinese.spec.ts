import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";

const all = readdirSync("docs", { encoding: "utf8", recursive: true })
  .filter((file) => file.endsWith(".md") && !/^(api|\.vitepress)\//.test(file))
  .map((file) => path.join("docs", file));
const chinese = all.filter((page) => page.endsWith(".zh-CN.md"));
const englishOf = (page: string): string => page.replace(".zh-CN.md", ".md");
const textOf = (page: string): string => readFileSync(page, "utf8");
const fences = /^ *```([a-z]*)\n([\s\S]*?)^ *```/gm;
/** Commands and settings, without comments. code-blocks.spec.ts compiles TypeScript; other text is of other programs. */
const blocksOf = (page: string): string[] =>
  [...textOf(page).matchAll(fences)]
    .filter(([, language]) => language === "" || language === "yaml")
    .map(([, , text = ""]) => text.replaceAll(/\s*#.*$/gm, "").trim());
const proseOf = (page: string): string => textOf(page).replaceAll(fences, "");
const wordsOf = (text: string): string[] => text.match(/[A-Za-z_-][\w-]*/g) ?? [];

describe("the pages in Chinese", () => {
  it("lead to their English pages, and those to them", () => {
    expect(chinese.map((page) => path.basename(page))).to.include("getting-started.zh-CN.md");
    for (const page of chinese) {
      const heading = (of: string): string => textOf(of).split("\n", 3).join("\n");
      expect(heading(page)).to.match(new RegExp(`^# .+\n\nEnglish: \\[.+\\]\\(${path.basename(englishOf(page))}\\)$`));
      expect(heading(englishOf(page))).to.match(new RegExp(`^# .+\n\n中文：\\[.+\\]\\(${path.basename(page)}\\)$`));
    }
  });

  it("name commands, options, variables and properties as the English pages do", () => {
    const known = new Set(all.filter((page) => !chinese.includes(page)).flatMap((page) => wordsOf(textOf(page))));
    const unknown = chinese.flatMap((page) => {
      const inline = [...proseOf(page).matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
      const own = new Set(
        [...textOf(page).matchAll(fences)].flatMap(([, language, text = ""]) =>
          language === "ts" ? wordsOf(text) : [],
        ),
      );
      const words = [...inline, ...blocksOf(page)].flatMap(wordsOf);
      return words.filter((word) => !known.has(word) && !own.has(word)).map((word) => `${page}: ${word}`);
    });
    expect(unknown).to.deep.equal([]);
  });

  it("have the numbers of their English pages, such as ports and sizes", () => {
    const numbersOf = (page: string): string[] => proseOf(page).match(/(?<![A-Za-z])\d+(?:\.\d+)*/g) ?? [];
    const other = chinese.flatMap((page) => {
      const known = new Set(numbersOf(englishOf(page)));
      return numbersOf(page)
        .filter((number) => !known.has(number))
        .map((number) => `${page}: ${number}`);
    });
    expect(other).to.deep.equal([]);
  });

  it("break no line within a paragraph: it shows as a space between Chinese characters", () => {
    const wide = "[\\p{Script=Han}\\u3000-\\u303f\\uff00-\\uffef]";
    const broken = new RegExp(`^.*${wide}\\n *${wide}.*$`, "gmu");
    expect(chinese.flatMap((page) => proseOf(page).match(broken) ?? [])).to.deep.equal([]);
  });

  it("have the same settings, commands and tables about mirrors", () => {
    const [page, twin] = ["docs/mirrors.md", "docs/mirrors.zh-CN.md"] as const;
    const shape = (name: string): string[] =>
      [...proseOf(name).matchAll(/^(#+ |\|)/gm)].map(([, mark = ""]) => mark.trim());
    const variables = (name: string): string[] =>
      [
        ...new Set(
          [...textOf(name).matchAll(/`([a-z]+(?:_[a-z]+)+|[A-Z]+(?:_[A-Z]+)+)\b/g)].map(([, one = ""]) => one),
        ),
      ].sort();
    expect(blocksOf(twin)).to.deep.equal(blocksOf(page)).and.not.be.empty;
    expect(shape(twin)).to.deep.equal(shape(page));
    expect(variables(twin)).to.deep.equal(variables(page)).and.not.be.empty;
  });
});
