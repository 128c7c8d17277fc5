import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { parse } from "yaml";

interface Workflow {
  readonly on: Readonly<Record<"push" | "pull_request", { readonly paths: readonly string[] }>> & {
    readonly schedule: readonly { readonly cron: string }[];
  };
  readonly jobs: { readonly record: { readonly steps: readonly { readonly run?: string }[] } };
}

describe("the workflow that records upstream's answers", () => {
  const { on, jobs } = parse(readFileSync(".github/workflows/upstream.yml", "utf8")) as Workflow;
  const commands = jobs.record.steps.flatMap(({ run }) => run ?? []);
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };

  it("runs every night, and when a version, an address or a pin changes", () => {
    expect(on.schedule.map(({ cron }) => cron.split(" "))).to.have.length(1);
    expect(on.schedule[0]?.cron).to.match(/^\d+ \d+ \* \* \*$/);
    for (const { paths } of [on.push, on.pull_request]) {
      expect(paths).to.include.members(["lib/artifacts/catalogue/**", "artifacts.lock.json", "images.lock.json"]);
      for (const one of paths) expect(existsSync(one.replace("/**", "")), one).to.equal(true);
    }
  });

  it("asks for everything, downloads and verifies it, and compares it with the records", () => {
    expect(commands.map((text) => text.split(" -- ")[0])).to.deep.equal([
      ...["npm ci", "npm run doctor", "npm run upstream:record", "npx mocha spec/upstream/contract.spec.ts"],
      "git diff --exit-code --stat -p",
    ]);
    expect(commands[1]).to.match(/ upstream --no-from$/);
  });

  it("names scripts and files that exist", () => {
    for (const [, name = ""] of commands.join("\n").matchAll(/npm run (\S+)/g)) expect(scripts).to.have.property(name);
    for (const [name] of commands.join("\n").matchAll(/spec\/\S+/g)) expect(existsSync(name), name).to.equal(true);
  });
});
