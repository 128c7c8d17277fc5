import { createHash, randomBytes } from "node:crypto";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { delayingProxy, type Proxy } from "#bench/latency/proxy.ts";

const oneWay = 40;

/** A server for one suite; `serve` gets each connection. */
async function listen(serve: (socket: Socket) => void): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer({ allowHalfOpen: true }, serve);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { server, port: (server.address() as AddressInfo).port };
}

const next = (socket: Socket): Promise<Buffer> => new Promise((resolve) => socket.once("data", resolve));

/** The time at which this many bytes have arrived. */
const arrival = (socket: Socket, bytes: number): Promise<number> =>
  new Promise((resolve) => {
    let count = 0;
    socket.on("data", (chunk: Buffer) => {
      count += chunk.length;
      if (count === bytes) resolve(performance.now());
    });
  });

describe("the delaying proxy", () => {
  const opened: { readonly server: Server; readonly proxy: Proxy }[] = [];
  const far = async (serve: (socket: Socket) => void): Promise<Socket> => {
    const { server, port } = await listen(serve);
    const proxy = await delayingProxy("127.0.0.1", port, oneWay);
    opened.push({ server, proxy });
    return connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
  };
  after(async () => {
    for (const { server, proxy } of opened) {
      await proxy.close();
      server.close();
    }
  });

  it("answers the first request after two round trips, and others after one", async () => {
    const socket = await far((served) => served.pipe(served));
    const ask = async (): Promise<number> => {
      const started = performance.now();
      socket.write("?");
      await next(socket);
      return performance.now() - started;
    };
    const [first, second, third] = [await ask(), await ask(), await ask()];
    // A timer may be a millisecond early; on a busy machine, all of them may be late by any amount.
    expect(first).to.be.at.least(4 * oneWay - 5);
    expect(second).to.be.at.least(2 * oneWay - 2);
    expect(third).to.be.at.least(2 * oneWay - 2);
    socket.destroy();
  });

  it("adds latency without reducing throughput: many chunks arrive one delay after the last", async () => {
    const pieces = 200;
    let received: Promise<number> | undefined;
    const socket = await far((served) => {
      received = arrival(served, pieces * 1024);
    });
    for (let n = 0; n < pieces; n++) {
      socket.write(randomBytes(1024));
      await new Promise((done) => setTimeout(done, 1));
    }
    const sent = performance.now();
    // Delayed one after the other, they would take eight seconds.
    expect(((await received) ?? 0) - sent).to.be.within(oneWay - 5, 6000);
    socket.destroy();
  });

  it("loses no byte, keeps their order, and passes on the end of each direction", async () => {
    const bytes = randomBytes(8 * 1024 * 1024);
    const digest = (of: Buffer): string => createHash("sha256").update(of).digest("hex");
    // The server answers after all bytes: the end of one direction must not end the other.
    const socket = await far((served) => {
      const hash = createHash("sha256");
      served.on("data", (chunk: Buffer) => hash.update(chunk)).on("end", () => served.end(hash.digest("hex")));
    });
    socket.end(bytes);
    expect(await text(socket)).to.equal(digest(bytes));
  });

  it("passes on the loss of either end to the other", async () => {
    const socket = await far((served) => setTimeout(() => served.destroy(), 20));
    socket.resume().on("error", () => undefined);
    await new Promise((done) => socket.once("end", done));
    socket.destroy();

    let told: Promise<void> | undefined;
    const other = await far((served) => {
      told = new Promise((done) => served.resume().once("end", done).on("error", done));
      // It ends its own direction and keeps listening.
      served.end("!");
    });
    await next(other);
    await new Promise((done) => other.once("end", done));
    other.resetAndDestroy();
    expect(told).not.to.be.undefined;
    await told;
  });
});
