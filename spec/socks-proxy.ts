import net, { type AddressInfo } from "node:net";

export interface SocksProxy {
  readonly port: number;
  /** The addresses that it was asked for, as the client sent them: "name:port". */
  readonly asked: string[];
  readonly close: () => Promise<void>;
}

/** Takes parts of a stream, whatever its chunks. */
async function* chunksOf(socket: net.Socket): AsyncGenerator<number, void, undefined> {
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) yield* chunk;
}

/**
 * Starts a small SOCKS5 proxy on this machine (RFC 1928 and 1929). It connects every name to `port` of the loopback, as
 * if it had resolved it, and refuses clients without `login`, which is user:password.
 */
export async function startSocksProxy(port: number, login?: string): Promise<SocksProxy> {
  const asked: string[] = [];
  const sockets = new Set<net.Socket>();
  const serve = async (socket: net.Socket): Promise<void> => {
    const bytes = chunksOf(socket);
    const take = async (count: number): Promise<Buffer> => {
      const taken: number[] = [];
      while (taken.length < count) {
        const { value, done } = await bytes.next();
        if (done) throw new Error("the client has gone");
        taken.push(value);
      }
      return Buffer.from(taken);
    };
    const text = async (): Promise<string> => (await take((await take(1))[0] ?? 0)).toString();
    await take((await take(2))[1] ?? 0);
    socket.write(Buffer.from([5, login === undefined ? 0 : 2]));
    if (login !== undefined) {
      await take(1);
      const right = `${await text()}:${await text()}` === login;
      socket.write(Buffer.from([1, right ? 0 : 1]));
      if (!right) {
        socket.end();
        return;
      }
    }
    const [, , , kind] = await take(4);
    const name = kind === 3 ? await text() : [...(await take(4))].join(".");
    asked.push(`${name}:${String((await take(2)).readUInt16BE())}`);
    await bytes.return();
    const onward = net.connect(port, "127.0.0.1", () => {
      socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
      onward.pipe(socket).pipe(onward);
    });
    sockets.add(onward.on("error", () => socket.destroy()));
  };
  const server = net.createServer((socket) => {
    sockets.add(socket.on("error", () => socket.destroy()));
    serve(socket).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
