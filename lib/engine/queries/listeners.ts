import { defineQuery, type Query } from "./define.ts";

/** A TCP port that a program listens on. */
export interface Listener {
  readonly port: number;
  /** "0.0.0.0", "::" and "*" mean every address. */
  readonly address: string;
  /** The kernel's name of the process, at most 15 letters; "" if unknown. */
  readonly program: string;
}

const of = defineQuery<readonly Listener[]>({
  kind: "listeners",
  ask: () => "ss -Htlnp 2>/dev/null; :",
  parse: (stdout, keys) => {
    const all = stdout.split("\n").flatMap(readListener);
    return new Map(keys.map((key) => [key, all]));
  },
});

/**
 * `LISTEN 0 4096 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=1,fd=2))`. A program's name, at most 15 bytes,
 * may hold line ends, but is too short for a line of its own with all columns.
 */
function readListener(line: string): Listener[] {
  const [, address = "", port, users = ""] = /^LISTEN +\d+ +\d+ +(\S+):(\d+) +\S+:\* *(.*)$/.exec(line) ?? [];
  if (port === undefined) return [];
  const plain = address.replace(/%.*$/, "").replace(/^\[(.*)\]$/, "$1");
  return [{ port: Number(port), address: plain, program: /"([^"]*)"/.exec(users)?.[1] ?? "" }];
}

/** All TCP ports that programs listen on, from ss of iproute2; empty on a host without it. */
export const tcpListeners = (): Query<readonly Listener[]> => of("tcp");
