import { isIPv6 } from "node:net";

/** "10.0.0.1:6443", "[fd00::1]:6443": what a program takes for an address with a port. */
export const endpoint = (address: string, port: number): string =>
  `${isIPv6(address) ? `[${address}]` : address}:${String(port)}`;
