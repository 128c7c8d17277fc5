import { connect } from "node:net";

/** Milliseconds that a master may take to accept a connection. */
const patience = 1500;

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: patience });
    const settle = (is: boolean): void => {
      socket.destroy();
      resolve(is);
    };
    socket.on("connect", () => settle(true));
    socket.on("timeout", () => settle(false));
    socket.on("error", () => settle(false));
  });

/**
 * The URL of the first master that answers. Undefined if that is the first address, which the kubeconfig names already.
 * Also undefined if none answers, because kubectl's own error is the best one then.
 */
export async function pickServer(addresses: readonly string[], port: number): Promise<string | undefined> {
  for (const [index, address] of addresses.entries())
    if (await answers(address, port)) return index === 0 ? undefined : `https://${address}:${String(port)}`;
  return undefined;
}
