import { expect } from "chai";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../lib/engine/temporary.ts";

const run = promisify(execFile);
const failed = (error: { stdout?: string; stderr?: string }) => ({
  output: `${error.stdout ?? ""}${error.stderr ?? ""}`,
});

describe("the site of the documentation", () => {
  const site = path.join(temporaryFolder(), "site");
  const api = path.join("docs", "api");
  const pages = readdirSync("docs", { encoding: "utf8", recursive: true })
    .filter((file) => file.endsWith(".md") && !/^(api|\.vitepress)\//.test(file))
    .map((file) => file.replace(/\.md$/, ""));

  it("has a description of every export in its reference", async () => {
    const strict = ["--options", "docs/typedoc.json", "--treatValidationWarningsAsErrors"];
    const { output } = await run("npx", ["typedoc", ...strict]).then(() => ({ output: "" }), failed);
    expect(output.split("\n").filter((line) => line.includes("does not have any documentation"))).to.deep.equal([]);
    expect(output).to.equal("");
    expect(readFileSync(path.join(api, "lib/engine/functions/defineRole.md"), "utf8")).to.include("Example");
  });

  it("has every page, the reference, and a search", async () => {
    const { output } = await run("npx", ["vitepress", "build", "docs", "--outDir", site]).then(
      () => ({ output: "" }),
      failed,
    );
    expect(output).to.equal("");
    for (const page of pages) expect(readFileSync(path.join(site, `${page}.html`), "utf8"), page).to.include("<h1");
    expect(readFileSync(path.join(site, "api/lib/engine/variables/template.html"), "utf8")).to.include("Handlebars");
    const assets = readdirSync(path.join(site, "assets/chunks"));
    const index = assets.find((name) => name.startsWith("@localSearchIndex")) ?? "";
    expect(readFileSync(path.join(site, "assets/chunks", index), "utf8")).to.include('"title":"Modules of Ansible"');
  });

  it("leads to every page", () => {
    const config = readFileSync("docs/.vitepress/config.ts", "utf8");
    expect(pages.filter((page) => page !== "index" && !config.includes(`"${page}")`))).to.deep.equal([]);
  });

  it("shows what stands in braces and angle brackets as text", () => {
    expect(readFileSync(path.join(site, "variables-precedence.html"), "utf8")).to.include("{{ … }}");
  });
});
