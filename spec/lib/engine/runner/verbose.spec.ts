import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { Type } from "typebox";
import { command, defineRole, file, play, playbook, read, run, Secret, type Item } from "kubeplay";
import { clear, folder, played, type Played } from "./stage.ts";

const password = "correct-horse-battery";

const playOf = (tasks: readonly Item[], verbose: number): Promise<Played> =>
  played({
    root: folder(),
    playbook: playbook([
      play({
        name: "Play",
        hosts: "all",
        roles: [
          defineRole({
            name: "app",
            description: "",
            vars: { password: Secret(Type.String({ default: password })) },
            tasks: ({ vars }) => [
              ...tasks,
              command("Log in", { run: 'echo "as $PASSWORD"', environment: { PASSWORD: vars.password } }),
              command("Hide", { run: "echo hidden $((40 + 2))", secret: true }),
            ],
          }),
        ],
      }),
    ]),
    options: { verbose },
  });
const textOf = ({ terminal }: Played): string => terminal;
const recorded = ({ files }: Played): string => readFileSync(path.join(files, "events.jsonl"), "utf8");

describe("what a run shows with -v", () => {
  after(clear);

  const say = command("Say", { run: "echo one $((1 + 1)); echo three; echo careful >&2" });
  const ask = read("Ask", { run: "echo release $((2 + 3))" });
  const act = run("Act", { run: "echo acted $((3 + 4))" });
  const write = () => file("Write", { dest: `${folder()}/x`, content: "x" });

  it("is no output without it", async () => {
    const shown = await playOf([say, ask, act], 0);
    expect(shown.code).to.equal(0);
    expect(textOf(shown) + recorded(shown)).to.not.match(/one 2|release 5|acted 7|stderr/);
  });

  it("is what commands, reads and actions printed, below their host", async () => {
    const shown = await playOf([say, ask, act, write()], 1);
    expect(textOf(shown)).to.include("  stdout:\n    one 2\n    three\n  stderr: careful\n");
    expect(textOf(shown)).to.include("ok: [a]\n  [a]\n  stdout: release 5\n");
    expect(textOf(shown)).to.include("  stdout: acted 7\n");
    expect(textOf(shown)).to.not.match(/exit code|asked \[|step:/);
    expect(recorded(shown)).to.include("one 2").and.include("release 5");
  });

  it("is with -vv every step with its time and exit code, and what the host was asked", async () => {
    const shown = await playOf([say, write()], 2);
    expect(textOf(shown)).to.match(/changed: \[a\] \(\d+\.\d\d s\) => echo one/);
    expect(textOf(shown)).to.match(/step: \d+\.\d\d s, exit code 0\n {2}stdout:\n/);
    expect(textOf(shown)).to.match(/asked \[a\] in \d+\.\d\d s: .*path \(1\)/);
    expect(textOf(shown)).to.not.include("script:");
    expect(recorded(shown)).to.include('"type":"asked"');
  });

  it("is with -vvv also the scripts, the uploads, and the paths that were asked for", async () => {
    const shown = await playOf([say, write()], 3);
    expect(textOf(shown)).to.include(`  script: echo one $((1 + 1)); echo three; echo careful >&2\n`);
    expect(textOf(shown)).to.match(/script: upload \/.*\/x\n/);
    expect(textOf(shown)).to.match(/asked \[a\] in .*path \/.*\/x/);
  });

  it("has never a secret in it", async () => {
    const shown = await playOf([say], 3);
    expect(shown.code).to.equal(0);
    expect(textOf(shown) + recorded(shown)).to.not.match(/correct-horse|hidden 42/);
  });

  it("keeps the whole output of a command that failed, also without -v", async () => {
    const lines = 'i=0; while [ $i -lt 30 ]; do i=$((i + 1)); echo "line $i" >&2; done; echo also; exit 3';
    for (const broken of [
      command("Break", { run: lines }),
      command("Break", { run: lines, failedWhen: ({ code }) => code === 3 }),
      read("Break", { run: lines }),
    ]) {
      const shown = await playOf([broken], 0);
      expect(shown.code).to.equal(2);
      expect(textOf(shown))
        .to.include("line 11\n")
        .and.not.match(/line 10\n/);
      expect(textOf(shown)).to.include("More of its output is in this run's events.jsonl; -v shows it.");
      expect(recorded(shown))
        .to.include(String.raw`line 1\nline 2\n`)
        .and.include(String.raw`"stdout":"also\n"`);
      expect(textOf(await playOf([broken], 1))).to.include("    line 1\n    line 2\n");
    }
  });

  it("is no more than the message of a failed command if that has all of it", async () => {
    const shown = await playOf([command("Break", { run: "echo no >&2; exit 1" })], 0);
    expect(textOf(shown)).to.include("exit code 1: no").and.not.include("More of its output");
  });
});
