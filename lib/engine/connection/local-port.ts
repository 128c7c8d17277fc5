import { createServer, type AddressInfo, type Socket } from "node:net";
import { tunnels } from "./tunnels.ts";

/** Where a program finds the other end of a tunnel, on the controller. */
export interface LocalPort {
  readonly address: string;
  readonly port: number;
}

/**
 * Opens a port of the controller's loopback for programs that connect to a host by themselves, while `use` runs. Each
 * connection goes through the host's tunnel; one that the host refuses is reset.
 */
export async function withLocalPort<T>(
  { address, port }: LocalPort,
  use: (local: LocalPort) => Promise<T>,
): Promise<T> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    // Its end reports the loss.
    socket.on("error", () => undefined);
    void carry(socket, address, port);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  try {
    const local = server.address() as AddressInfo;
    return await use({ address: local.address, port: local.port });
  } finally {
    server.close();
    for (const socket of open) socket.destroy();
  }
}

async function carry(socket: Socket, address: string, port: number): Promise<void> {
  try {
    const stream = await tunnels.open(address, port);
    stream.on("error", () => socket.destroy());
    stream.once("close", () => socket.destroy());
    socket.once("close", () => stream.destroy());
    socket.pipe(stream).pipe(socket);
  } catch {
    socket.resetAndDestroy();
  }
}
