import { connectContainer } from "./container.ts";
import { connectLocal } from "./local.ts";
import { tunnels } from "./tunnels.ts";
import type { Target, Writer } from "./types.ts";

/**
 * Connects to a host. Rejects with UnreachableError. Once `interrupted` is aborted, whatever runs over the connection is
 * ended and rejects with InterruptedError.
 */
export async function connect(target: Target, interrupted?: AbortSignal): Promise<Writer> {
  if (target.connection === "local") return connectLocal(target, interrupted);
  if (target.connection !== "ssh") return connectContainer(target.connection, target, interrupted);
  const { connectSsh } = await import("./ssh.ts");
  const writer = await connectSsh(target, interrupted);
  tunnels.use(target.name, writer);
  return writer;
}
