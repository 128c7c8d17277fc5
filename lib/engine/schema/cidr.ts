import { BlockList, isIPv4, isIPv6 } from "node:net";

/** An IPv4 network: its first address as a number, and the length of its prefix in bits. */
export interface Cidr {
  readonly network: number;
  readonly prefix: number;
}

export function parseIPv4(text: string): number | undefined {
  if (!isIPv4(text)) return undefined;
  return text.split(".").reduce((number, octet) => number * 256 + Number(octet), 0);
}

export const formatIPv4 = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");

export const formatCidr = ({ network, prefix }: Cidr): string => `${formatIPv4(network)}/${String(prefix)}`;

/** The number of addresses in a network. */
export const sizeOf = ({ prefix }: Cidr): number => 2 ** (32 - prefix);

/** Parses `a.b.c.d/0–32`. Undefined for anything else, and if bits after the prefix are set, as in 10.0.0.1/24. */
export function parseCidr(text: string): Cidr | undefined {
  const [, address = "", digits = ""] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const network = parseIPv4(address);
  const prefix = Number(digits);
  if (network === undefined || prefix > 32 || String(prefix) !== digits) return undefined;
  return network % sizeOf({ network, prefix }) === 0 ? { network, prefix } : undefined;
}

function strict(text: string): Cidr {
  const cidr = parseCidr(text);
  if (!cidr) throw new RangeError(`"${text}" is not an IPv4 network such as 10.32.0.0/16`);
  return cidr;
}

/** The network of an address with this prefix length, as `ip address` shows both. */
export function networkOf(address: string, prefix: number): string {
  const number = parseIPv4(address);
  if (number === undefined || !Number.isInteger(prefix) || prefix < 0 || prefix > 32)
    throw new RangeError(`"${address}/${String(prefix)}" is not an IPv4 address with a prefix length`);
  return formatCidr({ network: number - (number % sizeOf({ network: 0, prefix })), prefix });
}

/**
 * Whether an IPv4 address, or every address of a second network, lies in the network. Throws RangeError for anything else.
 *
 * @example
 * contains("10.0.0.0/8", "10.1.2.3"); // true
 */
export function contains(cidr: string, inner: string): boolean {
  const { network, prefix } = strict(cidr);
  const address = parseIPv4(inner);
  const { network: first, prefix: length } = address === undefined ? strict(inner) : { network: address, prefix: 32 };
  return length >= prefix && first >= network && first < network + sizeOf({ network, prefix });
}

/**
 * Whether two IPv4 networks share an address. Throws RangeError for anything else.
 *
 * @example
 * overlaps("10.0.0.0/8", "10.96.0.0/12"); // true
 */
export const overlaps = (one: string, other: string): boolean => contains(one, other) || contains(other, one);

/**
 * The nth address of an IPv4 network: 0 is the network's own, 1 the first that a host can have, -1 the last. Throws
 * RangeError if there is none.
 *
 * @example
 * nthAddress("10.96.0.0/16", 10); // "10.96.0.10"
 */
export function nthAddress(cidr: string, n: number): string {
  const parsed = strict(cidr);
  const size = sizeOf(parsed);
  const index = n < 0 ? size + n : n;
  if (!Number.isInteger(index) || index < 0 || index >= size)
    throw new RangeError(`${cidr} has no address number ${String(n)}: it has ${String(size)}`);
  return formatIPv4(parsed.network + index);
}

/**
 * The nth network with a prefix length in a larger IPv4 network, such as a node's pod network. Throws RangeError if there
 * is none.
 *
 * @example
 * nthSubnet("10.244.0.0/16", 24, 3); // "10.244.3.0/24"
 */
export function nthSubnet(cidr: string, prefix: number, n: number): string {
  const outer = strict(cidr);
  const count = 2 ** (prefix - outer.prefix);
  if (prefix < outer.prefix || prefix > 32 || !Number.isInteger(n) || n < 0 || n >= count)
    throw new RangeError(`${cidr} has no /${String(prefix)} number ${String(n)}`);
  return formatCidr({ network: outer.network + n * sizeOf({ network: 0, prefix }), prefix });
}

const splitCidr6 = (text: string): readonly [string, number] | undefined => {
  const [, address = "", digits = ""] = /^([\da-f:.]+)\/(\d{1,3})$/i.exec(text) ?? [];
  return isIPv6(address) && Number(digits) <= 128 ? [address, Number(digits)] : undefined;
};

/** Whether it is an IPv6 network such as fd00:10:244::/104. */
export const isCidr6 = (text: string): boolean => splitCidr6(text) !== undefined;

/** The length of an IPv6 network's prefix. Throws RangeError for anything else. */
export const prefixOf6 = (text: string): number => strict6(text)[1];

function strict6(text: string): readonly [string, number] {
  const parts = splitCidr6(text);
  if (!parts) throw new RangeError(`"${text}" is not an IPv6 network such as fd00:10:244::/104`);
  return parts;
}

/** Whether an IPv6 address lies in an IPv6 network. */
export function contains6(cidr: string, address: string): boolean {
  const list = new BlockList();
  list.addSubnet(...strict6(cidr), "ipv6");
  return list.check(address, "ipv6");
}

/** Whether two IPv6 networks share an address. */
export const overlaps6 = (one: string, other: string): boolean =>
  contains6(one, strict6(other)[0]) || contains6(other, strict6(one)[0]);
