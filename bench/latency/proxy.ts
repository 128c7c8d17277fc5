import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Delay } from "./delay.ts";

export interface Proxy {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Opens a port on loopback that delays traffic to a host. `oneWay` is in milliseconds, half of a round trip. A new
 * connection reaches the host after three one-way delays, as with TCP's own handshake: there, back, and there again.
 */
export async function delayingProxy(address: string, port: number, oneWay: number): Promise<Proxy> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    void join(near);
  });
  const join = async (near: Socket): Promise<void> => {
    keep(near);
    // Data that the near end sends immediately arrives together with the connection.
    const outward = near.pipe(new Delay(oneWay));
    near.once("close", () => {
      if (!near.readableEnded) outward.destroy();
    });
    await sleep(3 * oneWay);
    const far = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
    keep(far);
    await Promise.allSettled([pipeline(outward, far), pipeline(far, new Delay(oneWay), near)]);
    near.destroy();
    far.destroy();
  };
  const keep = (socket: Socket): void => {
    open.add(socket);
    // The pipeline closes the other end.
    socket.on("error", () => undefined).once("close", () => open.delete(socket));
  };
  await listening(server);
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

const listening = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
