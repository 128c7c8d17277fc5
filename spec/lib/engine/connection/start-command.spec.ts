import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { programLine, startCommand } from "#engine/connection/start-command.ts";

const signs = { begun: "begun", ready: "ready", prompt: "prompt:" };

describe("the command that starts sh", () => {
  it("has nothing that csh or fish reads in another way than sh", () => {
    const commands = [
      startCommand(signs, undefined),
      startCommand(signs, { user: "kim" }),
      startCommand(signs, { user: "kim", password: "it's\n!" }),
      startCommand(signs, { user: "kim", method: "su" }),
      startCommand(signs, { user: "kim", method: "doas" }),
    ];
    for (const command of commands) {
      const [before = "", inside = "", after = "none", ...rest] = command.split("'");
      expect(before).to.equal("sh -c ");
      expect(inside).to.not.match(/[\n!']|\\\\/);
      expect([after, ...rest]).to.deep.equal([""]);
    }
  });

  it("runs a program of any text, and leaves the rest of the input to it", () => {
    const script = `printf '%s\\n' "a  b\\\\n" 'it"s' "$0"\ncat`;
    const program = `sh -c '${script.replaceAll("'", `'\\''`)}' zero`;
    const said = execFileSync("sh", ["-c", startCommand(signs, undefined)], {
      input: `${programLine(program)}the rest\n`,
      encoding: "utf8",
    });
    expect(said).to.match(/^ready \d+\na {2}b\\n\nit"s\nzero\nthe rest\n$/);
  });
});
