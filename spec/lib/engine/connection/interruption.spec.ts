import { expect } from "chai";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { connectLocal } from "#engine/connection/local.ts";
import type { Target, Writer } from "#engine/connection/types.ts";
import { quote } from "#engine/shell/quote.ts";
import { temporaryFolder } from "../temporary.ts";
import { until } from "../../../until.ts";

const failureOf = async (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => Promise.reject(new Error("nothing failed")),
    (error: unknown) => error as Error,
  );

describe("a connection that is interrupted", () => {
  const folder = temporaryFolder();
  const at = (name: string) => path.join(folder, name);
  const touch = (name: string) => `touch ${quote(at(name))}`;
  let interruption: AbortController;
  // A second try must not find the files of the first.
  beforeEach(() => {
    for (const name of readdirSync(folder)) rmSync(at(name), { recursive: true });
  });
  let writer: Writer;
  const reach = (target: Pick<Target, "timeout"> = {}) => {
    interruption = new AbortController();
    writer = connectLocal({ name: "localhost", connectTimeout: 5, ...target }, interruption.signal);
  };

  it("ends the running command by a signal that it can handle, runs none after it, and accepts no other", async () => {
    reach();
    // Its shell has answered once, so that the command and not the shell's start is what is interrupted.
    await writer.run(":");
    let printed = "";
    const running = failureOf(
      // The shell itself writes the file: a new process may take seconds on a busy machine.
      writer.run(`trap ${quote(`: > ${quote(at("ended"))}; exit`)} TERM; echo so far; sleep 1000 & wait`, {
        onOutput: (text) => (printed += text),
      }),
    );
    const next = failureOf(writer.run(touch("next")));
    await until("it printed a line", () => printed !== "");
    interruption.abort();
    expect((await running).name).to.equal("InterruptedError");
    expect((await running).message).to.include("The last line it printed: so far");
    expect((await next).name).to.equal("InterruptedError");
    expect((await failureOf(writer.run(touch("next")))).message).to.include("the run was interrupted");
    await writer.close();
    expect(existsSync(at("ended")), "it got the signal").to.equal(true);
    expect(existsSync(at("next"))).to.equal(false);
  });

  for (const [size, content] of [
    ["small", "new"],
    ["large", "new".repeat(100_000)],
  ] as const) {
    const upload = (timeout?: number) =>
      writer.upload({
        content: { bytes: Buffer.from(content) },
        to: at("file"),
        mode: 0o644,
        validate: `${touch(`valid-${size}`)}; sleep 1000; : %s`,
        timeout,
      });
    const isUntouched = async () => {
      await writer.close();
      expect(readFileSync(at("file"), "utf8")).to.equal("old");
      expect(readdirSync(folder).filter((name) => name.startsWith(".kubeplay"))).to.deep.equal([]);
    };

    it(`leaves the old file, and nothing else, of a ${size} upload that was not over`, async () => {
      reach();
      writeFileSync(at("file"), "old");
      const running = failureOf(upload());
      await until("it validates", () => existsSync(at(`valid-${size}`)));
      interruption.abort();
      expect((await running).name).to.equal("InterruptedError");
      await isUntouched();
    });

    it(`ends a ${size} upload whose validation hangs after the time that the host's limit sets`, async () => {
      reach({ timeout: 1 });
      writeFileSync(at("file"), "old");
      expect((await failureOf(upload())).message).to.match(
        /did not end within 1 seconds|nothing happened for 1 seconds/,
      );
      await isUntouched();
    });

    it(`ends a ${size} upload whose validation hangs after the time that it sets itself`, async () => {
      reach({ timeout: 100 });
      writeFileSync(at("file"), "old");
      await failureOf(upload(1));
      await isUntouched();
    });
  }
});
