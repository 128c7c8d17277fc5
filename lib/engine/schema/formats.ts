import { isIPv4, isIPv6 } from "node:net";
import path from "node:path";
import { isCidr6, parseCidr } from "./cidr.ts";

/** A JSON Schema format: the expected value in the words of an error, and the check. */
export interface Format {
  readonly expected: string;
  readonly type: "string" | "number";
  readonly validate: (value: unknown) => boolean;
}

const text = (expected: string, check: (value: string) => boolean): Format => ({
  expected,
  type: "string",
  validate: (value) => typeof value === "string" && check(value),
});

/** RFC 1123, as Kubernetes requires for node names: lower case, labels of up to 63 characters, 253 in total. */
export const isHostname = (value: string): boolean =>
  value.length <= 253 &&
  value.split(".").every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label)) &&
  // Digits and dots alone are a mistyped address rather than a name.
  !/^[\d.]+$/.test(value);

export const isPort = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 65535;

/** Three numbers, an optional pre-release and build; a leading v is not part of a version. */
export const isVersion = (value: string): boolean =>
  /^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/.test(value);

export const isAbsolutePath = (value: string): boolean =>
  path.posix.isAbsolute(value) && !value.includes("\0") && !value.split("/").includes("..");

/** A user for a login or for sudo, which takes "#1000" too. csh would take a `!` for a part of an earlier command. */
export const isLogin = (value: string): boolean => /^(?!-)[^!\p{Cc}\p{Cs}]{1,256}$/u.test(value);

export const loginRule = 'without "!" and control characters, and no "-" first';

export const formats: Readonly<Record<string, Format>> = {
  ipv4: text("an IPv4 address such as 10.0.0.1", isIPv4),
  cidr: text("an IPv4 network such as 10.32.0.0/16", (value) => parseCidr(value) !== undefined),
  ipv6: text("an IPv6 address such as fd00::1", isIPv6),
  cidr6: text("an IPv6 network such as fd00:10:244::/104", isCidr6),
  hostname: text("a host name in lower case", isHostname),
  address: text("an IPv4 address or a host name", (value) => isIPv4(value) || isHostname(value)),
  login: text(`the name of a user, ${loginRule}`, isLogin),
  version: text("a version such as 1.37.2", isVersion),
  "absolute-path": text("an absolute path", isAbsolutePath),
  port: {
    expected: "a port from 1 to 65535",
    type: "number",
    validate: (value) => typeof value === "number" && isPort(value),
  },
};
