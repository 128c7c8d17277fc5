import { BlockList, isIP, isIPv4 } from "node:net";
import { TaskError } from "../../errors.ts";

/** A network of IPv4 or IPv6; an address is one with all bits. */
export interface Network {
  /** As the kernel writes it. */
  readonly address: string;
  readonly prefix: number;
}

/** Throws TaskError for what is none, and for bits after the prefix. */
export function networkOf(text: string): Network {
  const [, address = "", digits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bits = isIPv4(address) ? 32 : 128;
  const prefix = Number(digits ?? bits);
  if (isIP(address) === 0 || prefix > bits || /^::ffff:|\.\d+%/i.test(address) || address.includes("%"))
    throw new TaskError(`${JSON.stringify(text)} is not a network, expected one such as 10.0.0.0/8 or fd00::/8`);
  if (prefix === 0) throw new TaskError(`"${text}" is every address: leave \`from\` out`);
  const plain = bits === 32 ? address : new URL(`http://[${address}]`).hostname.slice(1, -1);
  if (!isFirst(plain, prefix))
    throw new TaskError(`"${text}" is an address in a network, expected the network's first address, or no prefix`);
  return { address: plain, prefix };
}

/** Whether nothing is set after the prefix: the address before it is then in another network. */
function isFirst(address: string, prefix: number): boolean {
  const number = numberOf(address);
  const rest = BigInt((isIPv4(address) ? 32 : 128) - prefix);
  return (number >> rest) << rest === number;
}

function numberOf(address: string): bigint {
  if (isIPv4(address)) return address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = "", tail] = address.split("::");
  const groups = (text = ""): string[] => (text === "" ? [] : text.split(":"));
  const [before, after] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...(tail === undefined ? [] : zeros), ...after].reduce(
    (sum, group) => sum * 65_536n + BigInt(`0x${group}`),
    0n,
  );
}

/** Whether an address is in it. */
export function inNetwork({ address, prefix }: Network, client: string): boolean {
  const kind = isIPv4(address) ? "ipv4" : "ipv6";
  if (isIP(client) === 0 || isIPv4(client) !== isIPv4(address)) return false;
  const list = new BlockList();
  list.addSubnet(address, prefix, kind);
  return list.check(client, kind);
}
