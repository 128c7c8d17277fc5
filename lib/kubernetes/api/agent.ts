import { Agent, type RequestOptions } from "node:https";
import type { Duplex } from "node:stream";
import { tunnels } from "#engine/connection/tunnels.ts";

type Connected = (error: Error | null, stream: Duplex) => void;

/** Connects to API servers: directly, or through the SSH connection to a host that the controller reaches only so. */
export class ApiAgent extends Agent {
  override createConnection(options: RequestOptions, connected?: Connected): Duplex | null | undefined {
    const { host, port } = options;
    if (typeof host !== "string" || !tunnels.leadTo(host)) return super.createConnection(options, connected);
    void this.#throughHost(host, Number(port), options, connected);
    // Node takes the connection from the callback.
    return undefined;
  }

  async #throughHost(host: string, port: number, options: RequestOptions, connected?: Connected): Promise<void> {
    try {
      const socket = await tunnels.open(host, port);
      const secure = super.createConnection({ ...options, socket } as RequestOptions);
      if (secure) connected?.(null, secure);
    } catch (error) {
      // Node's types omit that there is no stream with an error.
      connected?.(error as Error, undefined as unknown as Duplex);
    }
  }
}
