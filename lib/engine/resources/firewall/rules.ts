import { isIPv4 } from "node:net";
import type { OwnConnectionState } from "../../queries/own-connection.ts";
import { inNetwork, networkOf, type Network } from "./network.ts";

/** What a firewall lets in. */
export interface FirewallRule {
  /** A port, or a range as "8000-8100". */
  readonly port: number | string;
  /** "tcp" by default. */
  readonly protocol?: "tcp" | "udp";
  /** Networks and addresses, such as "10.0.0.0/8"; everywhere by default. */
  readonly from?: readonly string[];
}

/** The first and the last port of a rule; undefined if it has none. */
export function portsOf({ port }: FirewallRule): readonly [first: number, last: number] | undefined {
  const [, first = "", last = first] = /^([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?$/.exec(String(port)) ?? [];
  const ports = [Number(first), Number(last)] as const;
  return first === "" || ports[0] > ports[1] || ports[1] > 65_535 ? undefined : ports;
}

/** Whether a new connection of this kind, over TCP, would be let in. */
export const letsIn = (rules: readonly FirewallRule[], { client, port }: NonNullable<OwnConnectionState>): boolean =>
  rules.some((rule) => {
    const [first = 0, last = 0] = portsOf(rule) ?? [];
    if (rule.protocol === "udp" || port < first || port > last) return false;
    return rule.from?.some((text) => inNetwork(networkOf(text), client)) ?? true;
  });

/**
 * The table as the query lists it, so that both can be compared. One rule has one address and one port or range: older and
 * newer versions list these alike. Forwarded traffic, such as that of containers, is not filtered.
 */
export const tableOf = (name: string, rules: readonly FirewallRule[]): string =>
  [
    `table inet ${name} {`,
    "\tchain input {",
    "\t\ttype filter hook input priority filter; policy drop;",
    '\t\tiif "lo" accept',
    "\t\tct state established,related accept",
    "\t\tmeta l4proto icmp accept",
    "\t\tmeta l4proto icmpv6 accept",
    // Answers of DHCPv6 come from another address than the one that was asked.
    "\t\tip6 saddr fe80::/10 udp dport 546 accept",
    ...new Set(rules.flatMap(linesOf)),
    "\t}",
    "}",
  ].join("\n");

const linesOf = (rule: FirewallRule): string[] => {
  const [first, last] = portsOf(rule) ?? [];
  const ports = first === last ? String(first) : `${String(first)}-${String(last)}`;
  const what = `${rule.protocol ?? "tcp"} dport ${ports} accept`;
  return rule.from ? rule.from.map((text) => `\t\t${source(networkOf(text))} ${what}`) : [`\t\t${what}`];
};

const source = ({ address, prefix }: Network): string => {
  const [family, bits] = isIPv4(address) ? ["ip", 32] : ["ip6", 128];
  return `${family} saddr ${address}${prefix === bits ? "" : `/${String(prefix)}`}`;
};

/** What replaces a table by this one, in one transaction: for `nft -f`. */
export const replacement = (name: string, table: string): string =>
  `table inet ${name}\ndelete table inet ${name}\n${table}\n`;
