import { expect } from "chai";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { defineRole, file, play, playbook, script, type ScriptProps } from "kubeplay";
import { clear, folder, played } from "../../runner/stage.ts";
import { asked, subject } from "../one-resource.ts";

const source = { sha256: "a".repeat(64), size: 9, mode: 0o644 };

describe("the resource script", () => {
  after(clear);

  it("runs only until its condition holds, and needs its file in any case", () => {
    const making = subject(script("s", { src: "make", args: ["a b"], creates: "/made" }));
    expect(asked(making)).to.deep.equal(["path /made", "controller file /role/files/make"]);
    const now = { made: { type: "absent" }, source };
    expect(making.diff(now)).to.deep.equal([{ what: "/made", before: "absent", after: "present" }]);
    expect(making.diff(making.forecast(now))).to.deep.equal([]);
    expect(() => making.diff({ ...now, source: undefined })).to.throw(
      "/role/files/make is not a file on the controller",
    );
    expect(() => making.diff({ ...now, source: { ...source, size: 2 ** 21 } })).to.throw(
      "2097152 bytes, expected at most",
    );
    const always = subject(script("s", { src: "/srv/make", args: ["a b"] }));
    expect(always.diff({ source })).to.deep.equal([
      { what: "run", before: undefined, after: "/srv/make a b", always: true },
    ]);
  });

  it("seals what is in the file and its arguments", () => {
    const [step] = subject(script("s", { src: "make", args: ["a"] })).rawSteps({ source });
    expect(step).to.deep.include({ about: [source.sha256, ["a"], undefined] });
  });

  const run = async (text: string, props: Partial<ScriptProps> = {}) => {
    const root = folder();
    mkdirSync(`${root}/files`);
    mkdirSync(`${root}/tmp`);
    writeFileSync(`${root}/files/it's one`, text);
    const task = script("Run it", {
      src: "it's one",
      environment: { TMPDIR: `${root}/tmp`, ROOT: root },
      args: ["it's", "a b"],
      ...props,
    });
    const kept = file("Keep", { dest: `${root}/said`, content: task.output.map(({ stdout }) => stdout) });
    const role = defineRole({ name: "one", description: "", folder: root, vars: {}, tasks: () => [task, kept] });
    const environment = { WORD: "of the play" };
    const plays = playbook([play({ name: "One", hosts: "all", roles: [role], environment })]);
    const result = await played({ root, playbook: plays, options: { verbose: 3 } });
    expect(readdirSync(`${root}/tmp`), "what it leaves").to.deep.equal([]);
    return { ...result, root, said: existsSync(`${root}/said`) ? readFileSync(`${root}/said`, "utf8") : "" };
  };

  it("runs on the host by its own interpreter, with its arguments and the environment of the play", async () => {
    const perl = '#!/usr/bin/perl\nprint join("|", @ARGV, $ENV{WORD}), "\\n";\nopen my $f, ">", "$ENV{ROOT}/ran";\n';
    const { code, said, root, terminal } = await run(perl);
    expect(code, terminal).to.equal(0);
    expect(said).to.equal("it's|a b|of the play\n");
    expect(existsSync(`${root}/ran`)).to.equal(true);
  });

  it("has the signals, the umask and the folder of a command", async () => {
    const { said } = await run("#!/bin/sh\nyes | head -n 1\ngrep SigIgn /proc/$$/status\numask\npwd\n");
    const [yes, signals = "", mask, where] = said.split("\n");
    expect(yes).to.equal("y");
    // SIGHUP is the first bit, SIGPIPE the thirteenth.
    expect(Number.parseInt(signals.split("\t")[1] ?? "", 16) & 0x1001).to.equal(0);
    expect(mask).to.not.equal("0077");
    expect(where).to.not.include(tmpdir());
  });

  it("is removed although it fails, or leaves files beside it", async () => {
    const { code, tasks } = await run('#!/bin/sh\ntouch "$(dirname "$0")/more"; echo no >&2; exit 3\n');
    expect(code).to.equal(2);
    expect(tasks[0]?.message).to.include("exit code 3: no");
  });

  it("is judged by what it says", async () => {
    const fails = await run("#!/bin/sh\necho bad; exit 0\n", { failedWhen: ({ stdout }) => stdout.includes("bad") });
    expect(fails.tasks[0]?.message).to.include("failedWhen is true");
    const passes = await run("#!/bin/sh\nexit 4\n", { failedWhen: () => false, changedWhen: () => false });
    expect(passes.tasks.map(({ outcome }) => outcome)).to.deep.equal(["ok", "changed"]);
  });

  it("shows nothing of a secret one, which is on no command line either", async () => {
    const text =
      "#!/bin/sh\n# pass-word\necho $((6 * 7))-said; cat /proc/*/cmdline 2>/dev/null | grep -c 'pass-[w]ord'; exit 3\n";
    const { terminal, events } = await run(text, { secret: true });
    expect(terminal).to.include("exit code 3").and.not.include("42-said");
    expect(JSON.stringify(events)).to.not.include("42-said");
    expect((await run(text, { failedWhen: () => false })).said).to.equal("42-said\n0\n");
  });

  it("that was changed after it was compared does not run", async () => {
    const root = folder();
    writeFileSync(path.join(root, "late"), "#!/bin/sh\ntouch $0-ran\n");
    const [step] = subject(script("s", { src: `${root}/late` })).rawSteps({ source });
    if (typeof step !== "object" || !("overConnection" in step)) throw new Error("it has no connection");
    const failure = await step.overConnection({} as never, { progress: () => undefined }).then(() => "", String);
    expect(failure).to.include("was changed while the play ran");
  });
});
