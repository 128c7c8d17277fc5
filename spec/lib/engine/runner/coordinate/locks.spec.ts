import { expect } from "chai";
import { PassThrough } from "node:stream";
import type { Channel } from "#engine/connection/channel.ts";
import type { Facts } from "#engine/facts/types.ts";
import { assumedFacts } from "#engine/facts/assumed.ts";
import { fakeConnection } from "#engine/connection/fake.ts";
import type { Step } from "#engine/tasks/resource.ts";
import { Locks } from "#engine/runner/coordinate/locks.ts";

/** A holder that says these lines once it was told who wants the lock. */
function holder(...lines: readonly string[]): { channel: Channel; end: () => void } {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  let end: () => void = () => undefined;
  const closed = new Promise<object>((resolve) => {
    end = () => resolve({ code: 0 });
  });
  stdin.once("data", () => lines.forEach((line) => stdout.write(`${line}\n`)));
  stdin.on("finish", end);
  return { channel: { stdin, stdout, stderr: new PassThrough(), closed, kill: end }, end };
}

const onHost: Step = "touch /x";
const onController: Step = { onController: () => Promise.resolve() };

describe("a run's locks", () => {
  let taken: string[];
  let notices: string[];
  let ends: (() => void)[];
  let says: string[];

  beforeEach(() => {
    [taken, notices, ends, says] = [[], [], [], ["taken"]];
  });

  const attachTo = (name: string) => () => {
    taken.push(name);
    const { channel, end } = holder(...says);
    ends.push(end);
    return Promise.resolve(channel);
  };
  const locks = (patience = 60) =>
    new Locks(
      { holder: "me", patience, controllerFile: "/f", attach: attachTo("controller") },
      (notice) => notices.push(notice),
      () => false,
    );
  const live = (host: string, options: { local?: boolean; user?: string } = {}) => ({
    writer: { ...fakeConnection(host, []), attach: attachTo(host), ...(options.local && { local: true }) },
    facts: { ...assumedFacts(host), user: options.user ?? "root" } satisfies Facts,
  });

  it("are taken once a host, when it is first changed", async () => {
    const all = locks();
    const [a, b] = [live("a"), live("b")];
    await Promise.all([all.before([onHost], "a", a), all.before([onHost], "a", a), all.before([onHost], "b", b)]);
    await all.before([onHost], "a", live("a"));
    expect(taken).to.deep.equal(["a", "b"]);
    await all.release();
  });

  it("are of the controller for what is done there, by whichever host's task", async () => {
    const all = locks();
    await all.before([onController], "a", live("a"));
    expect(taken).to.deep.equal(["controller"]);
    await all.before([onController, onHost], "a", live("a"));
    expect(taken).to.deep.equal(["controller", "a"]);
    await all.before([onHost], "localhost", live("localhost", { local: true }));
    expect(taken).to.deep.equal(["controller", "a"]);
    await all.release();
  });

  it("are two where a host is played on as two users", async () => {
    const all = locks();
    await all.before([onHost], "a", live("a"));
    await all.before([onHost], "a", live("a", { user: "debian" }));
    expect(taken).to.deep.equal(["a", "a"]);
    await all.release();
  });

  it("tell who has to wait for whom, and not every second", async () => {
    says = ["held you", "held you", "held you", "taken"];
    const all = locks();
    await all.before([onHost], "a", live("a"));
    expect(notices).to.have.length(1);
    expect(notices[0]).to.match(/^Waiting for a: it is locked by you \(\d+ of 60 s\)$/);
    await all.release();
  });

  it("that were not had are not tried again", async () => {
    says = ["held you"];
    const all = locks(0);
    for (let tries = 0; tries < 2; tries++) {
      const error: unknown = await all.before([onHost], "a", live("a")).catch((reason: unknown) => reason);
      expect((error as Error).message).to.include("a is locked by you");
    }
    expect(taken).to.deep.equal(["a"]);
    await all.release();
  });

  it("that were lost let nothing more be done", async () => {
    const all = locks();
    await all.before([onHost], "a", live("a"));
    ends[0]?.();
    await Promise.resolve();
    const error: unknown = await all.before([onHost], "a", live("a")).catch((reason: unknown) => reason);
    expect((error as Error).message).to.include("the lock on a was lost");
    await all.release();
  });
});
