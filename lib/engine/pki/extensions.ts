import { addressBytes } from "./address.ts";
import { bits, boolean, encode, implicit, octets, oid, sequence, small, tagged, type Der } from "./der.ts";
import { extendedUsages, keyUsages, type ExtendedUsage, type KeyUsage, type Usages } from "./profile.ts";

export const extensionIds = {
  subjectKeyId: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyId: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;

/** Tags of a GeneralName: RFC 5280 §4.2.1.6. */
export const nameTags = { dns: 2, ip: 7 } as const;

export interface ExtensionOptions {
  readonly isCa: boolean;
  /** An intermediate may sign leaves only. */
  readonly isIntermediate: boolean;
  readonly usages: Usages;
  readonly dns: readonly string[];
  readonly ips: readonly string[];
  readonly subjectKeyId: Uint8Array;
}

/** The `[3]` part of a certificate. */
export const extensions = ({ authorityKeyId, ...options }: ExtensionOptions & { authorityKeyId: Uint8Array }): Der =>
  tagged(
    3,
    sequence(...extensionsOf(options), extension(extensionIds.authorityKeyId, sequence(implicit(0, authorityKeyId)))),
  );

/** The extensions that a certificate has whoever issues it, and that its request asks for. */
export function extensionsOf({ isCa, isIntermediate, usages, dns, ips, subjectKeyId }: ExtensionOptions): Der[] {
  const constraints = isCa ? [boolean(true), ...(isIntermediate ? [small(0)] : [])] : [];
  const list = [
    extension(extensionIds.basicConstraints, sequence(...constraints), "critical"),
    extension(extensionIds.keyUsage, usageBits(usages.key), "critical"),
    extension(extensionIds.subjectKeyId, octets(subjectKeyId)),
  ];
  if (usages.extended.length > 0)
    list.push(extension(extensionIds.extendedKeyUsage, extendedUsageList(usages.extended)));
  if (dns.length + ips.length > 0) list.push(subjectAltName(dns, ips));
  return list;
}

/** The extension with the names and addresses that a certificate is valid for. */
export const subjectAltName = (dns: readonly string[], ips: readonly string[]): Der =>
  extension(
    extensionIds.subjectAltName,
    sequence(
      ...dns.map((name) => implicit(nameTags.dns, Buffer.from(name, "latin1"))),
      ...ips.map((ip) => implicit(nameTags.ip, addressBytes(ip))),
    ),
  );

export const extension = (id: string, value: Der, critical?: "critical"): Der =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(encode(value)));

const extendedUsageList = (usages: readonly ExtendedUsage[]): Der =>
  sequence(...usages.map((usage) => oid(extendedUsages[usage])));

/** The first usage is the highest bit; DER omits the zero bits at the end. */
function usageBits(usages: readonly KeyUsage[]): Der {
  const positions = usages.map((usage) => keyUsages.indexOf(usage));
  const byte = positions.reduce((sum, position) => sum | (0x80 >> position), 0);
  return bits(Uint8Array.of(byte), 7 - Math.max(...positions));
}
