import { connectLocal } from "./local.ts";
import type { Target, Writer } from "./types.ts";

/** Connects to a host. Rejects with UnreachableError. */
export async function connect(target: Target): Promise<Writer> {
  if (target.connection === "local") return connectLocal(target);
  const { connectSsh } = await import("./ssh.ts");
  return connectSsh(target);
}
