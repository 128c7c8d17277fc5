import { isIP } from "node:net";

/** The bytes of an address as a certificate holds them: 4 or 16. Throws an Error if it is not an IP address. */
export function addressBytes(address: string): Buffer {
  // A zone ("%eth0") has a meaning on one machine only: it has no place in a certificate.
  switch (address.includes("%") ? 0 : isIP(address)) {
    case 4:
      return Buffer.from(address.split(".").map(Number));
    case 6:
      return ipv6Bytes(address);
    default:
      throw new Error(`${JSON.stringify(address)} is not an IP address`);
  }
}

function ipv6Bytes(address: string): Buffer {
  // The platform's URL parser accepts every spelling, "::ffff:10.0.0.1" among them, and returns one.
  const spelled = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = "", tail] = spelled.split("::");
  const words = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const before = words(head);
  const after = words(tail ?? "");
  const all = [...before, ...Array<string>(8 - before.length - after.length).fill("0"), ...after];
  return Buffer.from(all.map((word) => word.padStart(4, "0")).join(""), "hex");
}

/** One spelling for each address: "::1", "10.0.0.1". */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return [...bytes].join(".");
  if (bytes.length !== 16) return `(${String(bytes.length)} bytes)`;
  const words = Buffer.from(bytes).toString("hex").match(/.{4}/g) ?? [];
  return new URL(`http://[${words.join(":")}]/`).hostname.slice(1, -1);
}

export const canonicalAddress = (address: string): string => addressText(addressBytes(address));
