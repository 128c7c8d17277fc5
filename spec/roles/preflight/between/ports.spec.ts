import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { expect } from "chai";
import { isHostQuery } from "#engine/queries/define.ts";
import { portsBetween, type PortQuestion } from "#roles/preflight/between/ports.ts";

const run = promisify(execFile);

/** Asks as on a host. All hosts of this spec are this machine. */
async function answer(question: PortQuestion, seconds?: readonly [number, number]) {
  const query = portsBetween(question);
  if (!isHostQuery(query.of)) throw new Error("expected a query to a host");
  const script = query.of.ask([query.key]);
  const quick = seconds ? script.replace(/ 15 30 /, ` ${seconds.join(" ")} `) : script;
  const started = Date.now();
  const { stdout } = await run("sh", ["-c", quick]);
  const states = query.of.parse(stdout, [query.key]).get(query.key);
  return { states, seconds: (Date.now() - started) / 1000 };
}
/** A port that nothing listens on. */
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
const here = (port: number) => ({ address: "127.0.0.1", port });

describe("the query of ports between hosts", () => {
  it("finds a port open that another host listens on for it, and both end at once", async () => {
    const [one, two] = [await freePort(), await freePort()];
    const [first, second] = await Promise.all([
      answer({ me: 0, targets: [here(two)], awaits: [{ port: one, from: [1] }] }),
      answer({ me: 1, targets: [here(one)], awaits: [{ port: two, from: [0] }] }),
    ]);
    expect([first.states, second.states]).to.deep.equal([["open"], ["open"]]);
    expect(Math.max(first.seconds, second.seconds)).to.be.lessThan(10);
    // Nothing listens any more.
    const after = await answer({ me: 0, targets: [here(one), here(two)], awaits: [] }, [1, 1]);
    expect(after.states).to.have.length(2).and.not.include("open");
  });

  it("waits for a host that begins later, and tries again itself", async () => {
    const port = await freePort();
    const late = new Promise((resolve) => setTimeout(resolve, 2500));
    const [early, listener] = await Promise.all([
      answer({ me: 0, targets: [here(port)], awaits: [] }),
      late.then(() => answer({ me: 1, targets: [], awaits: [{ port, from: [0] }] })),
    ]);
    expect(early.states).to.deep.equal(["open"]);
    expect(listener.seconds).to.be.lessThan(10);
  });

  it("finds a port open on which a program of the cluster listens already", async () => {
    const server = createServer((socket) => socket.on("error", () => undefined).resume()).listen(0);
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    try {
      const { states } = await answer({ me: 0, targets: [here(port)], awaits: [{ port, from: [1] }] }, [5, 30]);
      expect(states).to.deep.equal(["open"]);
    } finally {
      server.close();
    }
  });

  it("tells a port that is refused, and ends after its time", async () => {
    const { states, seconds } = await answer({ me: 0, targets: [here(await freePort())], awaits: [] }, [4, 5]);
    expect(states).to.deep.equal(["refused"]);
    expect(seconds).to.be.within(3, 30);
  });

  it("stops to listen after its time, if nobody comes", async () => {
    const port = await freePort();
    const { seconds } = await answer({ me: 0, targets: [], awaits: [{ port, from: [1] }] }, [1, 2]);
    expect(seconds).to.be.within(1, 20);
  });
});
