import { quote } from "../shell/quote.ts";
import { HostConnection } from "./host-connection.ts";
import { start } from "./local.ts";
import type { ContainerEngine, Target } from "./types.ts";

/** Where a container is, and as whom commands run in it. */
type ContainerTarget = Pick<Target, "name" | "address"> &
  Partial<Pick<Target, "login" | "become" | "connectTimeout" | "timeout">>;

/** Seconds to wait for a shell in a container. */
const patience = 30;

/**
 * Connects to a running container by `exec` of the program that runs it, as the target's login, or the container's own
 * user.
 */
export function connectContainer(
  engine: ContainerEngine,
  { name, address, login, become, connectTimeout = patience, timeout }: ContainerTarget,
  interrupted?: AbortSignal,
): HostConnection {
  const user = login === undefined ? "" : ` --user ${quote(login)}`;
  const open = (command: string) =>
    start(name, `exec ${quote(engine)} exec --interactive${user} ${quote(address)} sh -c ${quote(command)}`);
  const line = { open, end: () => Promise.resolve() };
  return new HostConnection(name, line, { become, patience: Math.max(patience, connectTimeout), timeout, interrupted });
}
