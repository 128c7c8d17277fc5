import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { connect } from "#engine/connection/connect.ts";
import { readOnly } from "#engine/connection/reader.ts";
import type { Target, Upload, Writer } from "#engine/connection/types.ts";
import { finishing } from "#engine/connection/upload.ts";
import { path as pathQuery } from "#engine/queries/path.ts";
import { ask } from "../queries/ask.ts";
import { ChangedSinceError, TaskError, UnreachableError } from "#engine/errors.ts";

const target: Target = {
  name: "localhost",
  connection: "local",
  address: "127.0.0.1",
  port: 22,
  user: "nobody",
  jumps: [],
  knownHostsFiles: [],
  hostKeyChecking: true,
  connectTimeout: 5,
};

const rejected = async (promise: Promise<unknown>): Promise<Error> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("it did not fail");
};

describe("a connection's shell", () => {
  let host: Writer;
  beforeEach(async () => {
    host = await connect(target);
  });
  afterEach(() => host.close());

  it("keeps output, errors and exit code apart", async () => {
    const result = await host.run("echo out; echo err >&2; exit 7");
    expect(result).to.deep.equal({ stdout: "out\n", stderr: "err\n", code: 7 });
  });

  it("returns output that ends without a newline unchanged", async () => {
    expect((await host.run("printf abc")).stdout).to.equal("abc");
  });

  it("survives a syntax error, an exit and a changed variable", async () => {
    expect((await host.run("if then")).code).to.not.equal(0);
    await host.run("leaked=yes; cd /; exit 3");
    expect((await host.run('echo "${leaked:-no}"')).stdout).to.equal("no\n");
  });

  it("runs no further commands of a chain after one that failed, but runs commands outside of it", async () => {
    const chain = { id: "c1", broken: false, closed: false };
    const folder = mkdtempSync(path.join(os.tmpdir(), "chain-"));
    const touch = (name: string) => host.run(`touch ${folder}/${name}`, { chain });
    const sent = [touch("a"), host.run("echo no >&2; exit 3", { chain }), touch("b"), host.run("echo still")];
    const ended = await Promise.allSettled(sent);
    expect(
      ended.map((one) => (one.status === "fulfilled" ? one.value.code : (one.reason as Error).name)),
    ).to.deep.equal([0, 3, "NotRunError", 0]);
    expect(readdirSync(folder)).to.deep.equal(["a"]);
    expect((await rejected(touch("c"))).name).to.equal("NotRunError");
    expect((await host.run("true", { chain: { id: "c2", broken: false, closed: false } })).code).to.equal(0);
    rmSync(folder, { recursive: true });
  });

  it("puts no file in place after a failed command in the same chain", async () => {
    const chain = { id: "c3", broken: false, closed: false };
    const to = path.join(mkdtempSync(path.join(os.tmpdir(), "chain-")), "file");
    const failed = host.run("exit 1", { chain });
    const upload = host.upload({ content: { bytes: Buffer.from("x") }, to, mode: 0o644 }, chain);
    expect((await rejected(upload)).name).to.equal("NotRunError");
    expect((await failed).code).to.equal(1);
    expect(readdirSync(path.dirname(to))).to.deep.equal([]);
    rmSync(path.dirname(to), { recursive: true });
  });

  it("runs nothing of a chain behind a command that was given up", async () => {
    const chain = { id: "c4", broken: false, closed: false };
    const folder = mkdtempSync(path.join(os.tmpdir(), "chain-"));
    const send = (script: string) => host.run(script, { chain, timeout: 0.3 });
    const sent = [send("sleep 20"), send(`touch ${folder}/b`), send(`touch ${folder}/c`)];
    const errors = await Promise.all(sent.map(rejected));
    expect(errors.map(({ name }) => name)).to.deep.equal(["TaskError", "NotRunError", "NotRunError"]);
    expect(readdirSync(folder)).to.deep.equal([]);
    rmSync(folder, { recursive: true });
  });

  it("fails a chain whose first command is behind another command that was given up", async () => {
    const chain = { id: "c5", broken: false, closed: false };
    const sent = [host.run("sleep 20", { timeout: 0.3 }), ...["a", "b"].map(() => host.run("true", { chain }))];
    const [, first, second] = await Promise.all(sent.map(rejected));
    expect(first?.message).to.include("Not run: the command before it did not end");
    expect(second?.name).to.equal("NotRunError");
  });

  it("answers a hundred commands sent at once, each with its own output", async () => {
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, index) => host.run(`echo ${index}; exit ${index}`)),
    );
    expect(results.map(({ stdout, code }) => [stdout, code])).to.deep.equal(
      Array.from({ length: 100 }, (_, index) => [`${index}\n`, index]),
    );
  });

  it("returns binary output and ten megabytes of output", async () => {
    const { stdout } = await host.run("head -c 10485760 /dev/zero | tr '\\0' x; printf '\\000\\377\\n'");
    expect(stdout).to.have.length(10485760 + 3);
    expect((await host.run("echo still here")).stdout).to.equal("still here\n");
  });

  it("passes commands their environment, including quotes", async () => {
    const { stdout } = await host.run('printf %s "$WORD"', { environment: { WORD: "it's $HOME" } });
    expect(stdout).to.equal("it's $HOME");
  });

  it("gives commands an empty standard input, so that none reads the next command", async () => {
    const [first, second] = await Promise.all([host.run("cat; echo done"), host.run("echo next")]);
    expect(first.stdout).to.equal("done\n");
    expect(second.stdout).to.equal("next\n");
  });

  it("gives up a command that never ends, shows its last line, and continues with a new shell", async () => {
    const error = await rejected(host.run("echo so far; sleep 60", { timeout: 2 }));
    expect(error).to.be.instanceOf(TaskError);
    expect(error.message).to.include("so far");
    expect((await host.run("echo again")).stdout).to.equal("again\n");
  });

  it("makes the host unreachable at once if the shell dies during a command", async () => {
    expect(await rejected(host.run('kill -9 "$PPID" $$'))).to.be.instanceOf(UnreachableError);
  });

  it("has no method that changes the host once it is read-only", () => {
    expect(Object.keys(readOnly(host)).sort()).to.deep.equal(["close", "host", "local", "read"]);
  });
});

describe("an upload", () => {
  let host: Writer;
  let folder: string;
  const to = () => path.join(folder, "file");
  const upload = (part: Partial<Upload> = {}): Upload => ({
    content: { bytes: Buffer.from("new\n") },
    to: to(),
    mode: 0o640,
    ...part,
  });

  beforeEach(async () => {
    host = await connect(target);
    folder = mkdtempSync(path.join(os.tmpdir(), "kubeplay-upload-"));
    writeFileSync(to(), "old\n");
  });
  afterEach(async () => {
    await host.close();
    chmodSync(folder, 0o755);
    rmSync(folder, { recursive: true, force: true });
  });

  const leavesTheOldFile = () => {
    expect(readFileSync(to(), "utf8")).to.equal("old\n");
    expect(readdirSync(folder)).to.deep.equal(["file"]);
  };

  it("puts a file in place with its mode", async () => {
    await host.upload(upload());
    expect(readFileSync(to(), "utf8")).to.equal("new\n");
    expect(statSync(to()).mode & 0o777).to.equal(0o640);
    expect(readdirSync(folder)).to.deep.equal(["file"]);
  });

  it("streams a large file byte for byte", async () => {
    const source = path.join(folder, "source");
    const bytes = Buffer.alloc(3_000_000, "0123456789\0\n");
    writeFileSync(source, bytes);
    await host.upload(upload({ content: { file: source } }));
    expect(readFileSync(to()).equals(bytes)).to.equal(true);
  });

  it("keeps the old file if other bytes arrive", async () => {
    const error = await rejected(host.upload(upload({ sha256: "0".repeat(64) })));
    expect(error).to.be.instanceOf(TaskError);
    expect(error.message).to.include(to());
    leavesTheOldFile();
  });

  it("keeps the old file if the validation fails, and shows the validation's output", async () => {
    const error = await rejected(host.upload(upload({ validate: "{ echo line 3 is wrong; false; } && test -s %s" })));
    expect(error.message).to.include("line 3 is wrong");
    leavesTheOldFile();
  });

  it("validates the new file, not the old one", async () => {
    await host.upload(upload({ validate: "grep -q new %s" }));
    expect(readFileSync(to(), "utf8")).to.equal("new\n");
  });

  it("validates the new file however the command quotes its name", async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), "a 'folder' of $USER "));
    for (const validate of [
      "grep -q new '%s'",
      'grep -q new "%s"',
      `grep -q new ""'%s'`,
      "grep -q 'it'\\''s %s' %s || grep -q new %s",
      "sh -c 'grep -q new \"$0\"' %s",
      "sh -c 'exec grep -q new \"$1\"' sh '%s'",
      `[ -n "$(grep new '%s')" ]`,
      "grep -q new %s # don't say '%s'\ngrep -q new '%s'",
      "\\grep -q new '%s'",
      "grep -q new '%s' # it's there",
    ]) {
      rmSync(to(), { force: true });
      await host.upload(upload({ validate }));
      expect(readFileSync(to(), "utf8"), validate).to.equal("new\n");
    }
  });

  it("has its mode before it is in place, even if it is brought to disk later", async () => {
    const uploads = [
      upload({ mode: 0o4750, finishedLater: true }),
      upload({ to: path.join(folder, "it's open"), mode: 0o666, finishedLater: true }),
    ];
    for (const one of uploads) await host.upload(one);
    expect(readFileSync(to(), "utf8")).to.equal("new\n");
    expect(uploads.map((one) => statSync(one.to).mode & 0o7777)).to.deep.equal([0o4750, 0o666]);
    expect((await host.run(finishing(uploads))).code).to.equal(0);
  });

  it("replaces only what it was compared with", async () => {
    const now = async () => {
      const [state] = await ask([pathQuery(to())]);
      return state?.type === "file" ? (state.identity ?? "") : "absent";
    };
    const large = { content: { bytes: Buffer.alloc(100_000, "n") } };
    for (const part of [{}, large]) {
      const replaces = await now();
      writeFileSync(to(), "old\n");
      for (const wrong of [replaces, "absent"]) {
        const error = await rejected(host.upload(upload({ ...part, replaces: wrong })));
        expect(error, wrong).to.be.instanceOf(ChangedSinceError);
        expect(error.message).to.include(`${to()} could not be written: it was changed by somebody else`);
        leavesTheOldFile();
      }
      await host.upload(upload({ ...part, replaces: await now() }));
      rmSync(to());
      await rejected(host.upload(upload({ ...part, replaces })));
      expect(readdirSync(folder)).to.deep.equal([]);
      await host.upload(upload({ ...part, replaces: "absent" }));
      expect(readdirSync(folder)).to.deep.equal(["file"]);
    }
  });

  it("follows a link on the way only if no one else can have placed it", async () => {
    mkdirSync(`${folder}/real`);
    mkdirSync(`${folder}/open`);
    symlinkSync("../real", `${folder}/open/link`);
    await host.upload(upload({ to: `${folder}/open/link/mine` }));
    expect(readdirSync(`${folder}/real`)).to.deep.equal(["mine"]);
    chmodSync(`${folder}/open`, 0o777);
    const error = await rejected(host.upload(upload({ to: `${folder}/open/link/theirs` })));
    expect(error.message).to.include(`${folder}/open/link is a link that others can change: write the path without`);
    expect(readdirSync(`${folder}/real`)).to.deep.equal(["mine"]);
    await host.upload(upload({ to: `${folder}/open/file` }));
    expect(readdirSync(`${folder}/open`)).to.deep.equal(["file", "link"]);
  });

  it("keeps the file itself if it is written in place", async () => {
    const { ino } = statSync(to());
    await host.upload(upload({ inPlace: true }));
    expect(statSync(to()).ino).to.equal(ino);
    expect(readFileSync(to(), "utf8")).to.equal("new\n");
    expect(statSync(to()).mode & 0o777).to.equal(0o640);
    expect(readdirSync(folder)).to.deep.equal(["file"]);
  });

  it("names the file if its folder is missing", async () => {
    const error = await rejected(host.upload(upload({ to: path.join(folder, "none", "file") })));
    expect(error.message).to.include(path.join(folder, "none", "file"));
  });

  it("reports a full disk, and leaves no file behind", async () => {
    const error = await rejected(host.upload(upload({ to: "/dev/full/file" })));
    expect(error).to.be.instanceOf(TaskError);
    leavesTheOldFile();
  });
});
