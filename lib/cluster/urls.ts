import { isIPv6 } from "node:net";

/** An address with a port: "10.0.0.1:6443", "[fd00::1]:6443". */
export const endpoint = (address: string, port: number): string =>
  `${isIPv6(address) ? `[${address}]` : address}:${String(port)}`;
