import { expect } from "chai";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { inventoryIn } from "#engine/cli/inventories.ts";
import { restoreArguments, saveArguments } from "#engine/cli/play/saved-arguments.ts";
import { parseCommandLine, type CommandLine } from "#engine/cli/options.ts";
import { Mask, Seal } from "#engine/runner/index.ts";
import { temporaryFolder } from "../../temporary.ts";

const parse = (...args: string[]): CommandLine => {
  const line = parseCommandLine(args, "1");
  if (!line) throw new Error("it only printed");
  return line;
};

describe("saved arguments of a run", () => {
  const root = temporaryFolder();
  const seal = () => Seal.of(root);
  const mask = new Mask();
  mask.add("hunter22");
  const args = ["-i", "mine.yaml", "-l", "nodes", "-t", "a", "--skip-tags", "b", "-u", "me", "-b", "-e", "x=1"];

  it("are used again, with the new run's own flags for output", () => {
    const given = saveArguments(parse(...args, "site"), root, mask, seal);
    const again = restoreArguments(parse("--apply", "p", "-D"), given, seal);
    expect(again).to.deep.include({ limit: "nodes", tags: ["a"], skipTags: ["b"], user: "me", become: true });
    expect(again).to.deep.include({ extraVars: ["x=1"], diff: true, check: false });
  });

  it("have the paths of inventories relative to the project", () =>
    expect(saveArguments(parse("-i", `${root}/sub/../mine.yaml`, "site"), root, mask, seal).inventory).to.deep.equal([
      "mine.yaml",
    ]));

  it("have lists of hosts as they were given, unless a file has this name", () => {
    const inventoriesOf = () => saveArguments(parse("-i", "web-1,web-2", "site"), root, mask, seal).inventory;
    expect(inventoriesOf()).to.deep.equal(["web-1,web-2"]);
    expect(inventoryIn(root, "web-1,web-2")).to.equal("web-1,web-2");
    writeFileSync(path.join(root, "web-1,web-2"), "");
    expect(inventoryIn(root, "web-1,web-2")).to.equal(`${root}/web-1,web-2`);
    expect(inventoriesOf()).to.deep.equal(["web-1,web-2"]);
  });

  it("have the task to start at, forced handlers, and the content of a file of hosts, which may be gone later", () => {
    const file = path.join(root, "few");
    writeFileSync(file, "# failed\nadmin-1\nadmin-2:&nodes\n");
    const line = parse("-l", `@${file}:!node-9`, "--start-at-task", "Second", "--force-handlers", "site");
    const given = saveArguments(line, root, mask, seal);
    expect(given).to.include({ limit: "admin-1,admin-2,&nodes,!node-9", startAtTask: "Second", forceHandlers: true });
    const again = restoreArguments(parse("--apply", "p"), given, seal);
    expect(again).to.include({ limit: given.limit, startAtTask: "Second", forceHandlers: true });
  });

  it("contain no secret of two characters either", () => {
    // A character that no digest has.
    const short = new Mask();
    short.add("z~");
    const given = saveArguments(parse("-e", "x=1", "-e", "pin=z~", "site"), root, short, seal);
    expect(JSON.stringify(given)).to.include("x=1").and.not.include("z~");
  });

  it("contain no secret, but recognize it when it is given again", () => {
    const given = saveArguments(parse("-e", "x=1", "-e", "word=hunter22", "-e", "y=2", "site"), root, mask, seal);
    expect(JSON.stringify(given)).to.include("x=1").and.include("y=2").and.not.include("hunter22");
    const errorOf = (...more: string[]): string => {
      try {
        restoreArguments(parse("--apply", "p", ...more), given, seal);
      } catch (error) {
        return (error as Error).message;
      }
      return "";
    };
    expect(errorOf()).to.include("give the same -e again");
    expect(errorOf("-e", "word=other")).to.include("give the same -e again");
    expect(errorOf("-e", "word=hunter22", "-e", "z=3")).to.include("this one was not");
    const again = restoreArguments(parse("--apply", "p", "-e", "word=hunter22"), given, seal);
    expect(again.extraVars).to.deep.equal(["x=1", "word=hunter22", "y=2"]);
  });
});
