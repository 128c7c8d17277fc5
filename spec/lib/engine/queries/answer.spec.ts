import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { answer } from "#engine/queries/answer.ts";
import type { HostQuery } from "#engine/queries/define.ts";
import type { Result } from "#engine/connection/types.ts";

const asked = (...commands: string[]): Result[] => {
  const kind = answer("").of as HostQuery<Result>;
  const answers = kind.parse(execFileSync("sh", ["-c", kind.ask(commands)], { encoding: "utf8" }), commands);
  return commands.map((command) => answers.get(command) as Result);
};

describe("the query answer", () => {
  it("keeps output, errors and exit code of each command apart", () => {
    expect(asked("echo one; echo no >&2; exit 3", "printf 'a\\n\\nb'", "true")).to.deep.equal([
      { stdout: "one\n", stderr: "no", code: 3 },
      { stdout: "a\n\nb", stderr: "", code: 0 },
      { stdout: "", stderr: "", code: 0 },
    ]);
  });

  it("survives commands that cannot be parsed, that end the shell, and that wait for input", () => {
    const [broken, ended, waiting] = asked("if then", "exit 4", "cat");
    expect(broken?.code).to.be.greaterThan(0);
    expect(ended).to.deep.equal({ stdout: "", stderr: "", code: 4 });
    expect(waiting).to.deep.equal({ stdout: "", stderr: "", code: 0 });
  });

  it("does not wait for a program that a command leaves running, and takes nothing of its later output", () => {
    const started = Date.now();
    const late = "{ sleep 60; echo late; echo late >&2; } & echo now; echo now >&2; exit 2";
    expect(asked(late, "sleep 0.2; echo next")).to.deep.equal([
      { stdout: "now\n", stderr: "now", code: 2 },
      { stdout: "next\n", stderr: "", code: 0 },
    ]);
    expect(Date.now() - started).to.be.below(30_000);
  });
});
