import { quote } from "../shell/quote.ts";
import { HostConnection } from "./host-connection.ts";
import { start } from "./local.ts";

/** Seconds to wait for a shell in a container. */
const patience = 30;

/** Connects to a running container as its user, by `exec` of the program that runs it: podman or docker. */
export function connectContainer(engine: string, name: string): HostConnection {
  const open = (command: string) =>
    start(name, `exec ${quote(engine)} exec --interactive ${quote(name)} sh -c ${quote(command)}`);
  return new HostConnection(name, { open, end: () => Promise.resolve() }, { patience });
}
