import { expect } from "chai";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { connectLocal } from "#engine/connection/local.ts";
import { lockScript } from "#engine/connection/lock-script.ts";
import { takeLock, type Lock, type LockRequest } from "#engine/connection/lock.ts";
import type { Channel } from "#engine/connection/channel.ts";
import { quote } from "#engine/shell/quote.ts";
import { temporaryFolder } from "../temporary.ts";

describe("takeLock", () => {
  const folder = temporaryFolder();
  const local = connectLocal({ name: "here", connectTimeout: 10 });
  const held: Lock[] = [];
  let count = 0;
  let file: string;

  beforeEach(() => (file = path.join(folder, `locks/${String(++count)}`)));
  afterEach(async () => {
    await Promise.all(held.splice(0).map((lock) => lock.release()));
  });
  after(() => local.close());

  const take = async (change: Partial<LockRequest> = {}): Promise<Lock> => {
    const lock = await takeLock({
      name: "here",
      attach: (program) => local.attach(program),
      file,
      holder: "me@here, run 1",
      patience: 10,
      waiting: () => undefined,
      stopping: () => false,
      ...change,
    });
    held.push(lock);
    return lock;
  };
  const errorOf = async (change: Partial<LockRequest>): Promise<string> =>
    take(change).then(
      () => "it was taken",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );

  it("writes the holder to the lock file, and empties the file on release", async () => {
    const lock = await take();
    expect(readFileSync(file, "utf8")).to.equal("me@here, run 1\n");
    expect(lock.lost).to.equal(false);
    await lock.release();
    expect(readFileSync(file, "utf8")).to.equal("");
  });

  it("waits while another run holds the lock, and reports that run's holder", async () => {
    const first = await take();
    const told: string[] = [];
    const second = take({
      holder: "you@there",
      waiting: (by) => {
        told.push(by);
        void first.release();
      },
    });
    await second;
    // Called once a second until the other run releases the lock.
    expect([...new Set(told)]).to.deep.equal(["me@here, run 1"]);
    expect(readFileSync(file, "utf8")).to.equal("you@there\n");
  });

  it("gives up when the time to wait is over", async () => {
    await take();
    expect(await errorOf({ patience: 0 })).to.match(/^here is locked by me@here, run 1\. .*--lock-timeout/);
    expect(await errorOf({ patience: 1 })).to.match(/still after \d+ s/);
  });

  it("gives up when the run is interrupted", async () => {
    await take();
    expect(await errorOf({ stopping: () => true })).to.include("the run was interrupted while it waited");
  });

  it("releases the lock with the process that holds it, and marks it as lost", async () => {
    let channel: Channel | undefined;
    const lock = await take({ attach: async (program) => (channel = await local.attach(program)) });
    channel?.kill();
    await channel?.closed;
    expect(lock.lost).to.equal(true);
    await take({ patience: 0 });
  });

  it("says why a lock cannot be taken", async () => {
    mkdirSync(file, { recursive: true });
    expect(await errorOf({})).to.match(/the lock on here could not be taken: .*irectory/);
  });

  it("refuses a folder for the lock that belongs to another user", async () => {
    mkdirSync(path.join(folder, "elsewhere"));
    symlinkSync("elsewhere", path.join(folder, "planted"));
    const { code, stderr } = await local.run(
      lockScript()
        .replace(/IFS= read[^\n]*/, "who=me")
        .replaceAll(/folder=\/(run|tmp)[^;\n]*/g, () => `folder=${quote(`${folder}/planted`)}`),
    );
    expect(code).to.equal(1);
    expect(stderr).to.include("belongs to another user");
  });
});
