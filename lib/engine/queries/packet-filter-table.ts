import { TaskError } from "../errors.ts";
import { defineQuery, type Query } from "./define.ts";
import { unreadable } from "./keys.ts";

/**
 * A table of nftables as nft(8) lists it, without counters, with the protocols icmp and icmpv6 by name; undefined if there is
 * no such table or no nft.
 */
export type TableState = string | undefined;

const of = defineQuery<TableState>({
  kind: "packet filter table",
  // One process per table: all tables together may hold thousands of unrelated rules.
  ask: (tables) =>
    tables.map((table) => `nft --stateless list table ${table} 2>/dev/null | base64 -w 0; echo`).join("\n"),
  parse: (stdout, tables) => {
    // One line for each, which is empty if there is no such table.
    const lines = stdout.split("\n");
    if (lines.length < tables.length) throw unreadable(stdout);
    const textOf = (line = ""): TableState =>
      withProtocols(Buffer.from(line, "base64").toString("utf8").trim()) || undefined;
    return new Map(tables.map((table, index) => [table, textOf(lines[index])]));
  },
});

/** A table of nftables, by family and name: "ip filter", "inet firewalld". Throws TaskError for another key. */
export function packetFilterTable(table: string): Query<TableState> {
  if (!/^(ip|ip6|inet|arp|bridge|netdev) [A-Za-z_][\w/.-]*$/.test(table))
    throw new TaskError(`"${table}" is not a table of nftables, expected its family and name such as "ip filter"`);
  return of(table);
}

/** nft takes the names from /etc/protocols, which small hosts lack: there it lists numbers. */
export const withProtocols = (listing: string): string =>
  listing.replaceAll(/(?<=\bmeta l4proto )(?:1|58|ipv6-icmp)(?= )/g, (name) => (name === "1" ? "icmp" : "icmpv6"));
