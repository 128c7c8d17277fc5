import { connectLocal } from "#engine/connection/local.ts";
import type { Writer } from "#engine/connection/types.ts";

/** This machine, through a shell of its own, as the user who runs the specs. */
export const thisMachine = (): Writer =>
  connectLocal({
    name: "localhost",
    connection: "local",
    address: "127.0.0.1",
    port: 22,
    user: "",
    jumps: [],
    knownHostsFiles: [],
    hostKeyChecking: true,
    connectTimeout: 5,
  });
