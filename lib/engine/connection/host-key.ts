import type { ServerHostKeyAlgorithm } from "ssh2";
import type { Endpoint } from "./endpoint.ts";
import { fingerprint, knownName, type KnownKey } from "./known-hosts.ts";
import type { Target } from "./types.ts";

/** A host key that is not trusted. */
export class HostKeyError extends Error {}

export function algorithmsOf(known: readonly KnownKey[]): ServerHostKeyAlgorithm[] {
  const types = new Set(known.map(({ type }) => type));
  const all = [
    ["ssh-ed25519", ["ssh-ed25519"]],
    ["ecdsa-sha2-nistp256", ["ecdsa-sha2-nistp256"]],
    ["ecdsa-sha2-nistp384", ["ecdsa-sha2-nistp384"]],
    ["ecdsa-sha2-nistp521", ["ecdsa-sha2-nistp521"]],
    ["ssh-rsa", ["rsa-sha2-512", "rsa-sha2-256"]],
  ] as const;
  return all.flatMap(([type, algorithms]) => (types.has(type) ? [...algorithms] : []));
}

/** Why a host key is not trusted; undefined if it is. */
export function objection(
  target: Target,
  key: Buffer,
  known: readonly KnownKey[],
  { address, port, through, isBastion, hostKeyAlias, acceptsUnknownKeys = false }: Endpoint,
  files: readonly string[],
): string | undefined {
  const same = known.filter((one) => one.key === key.toString("base64"));
  const revoked = same.find((one) => one.revoked);
  const name = hostKeyAlias ?? knownName(address, port);
  const whose = `the host key of ${name}${isBastion ? `, through which ${target.name} is reached,` : ""}`;
  if (revoked) return `${whose} is revoked (${revoked.file}:${revoked.line})`;
  if (same.length > 0) return undefined;
  const [first] = known.filter((one) => !one.revoked);
  if (first)
    return (
      `${whose} has changed: ${first.file}:${first.line} expects ${fingerprint(Buffer.from(first.key, "base64"))}, ` +
      `the host shows ${fingerprint(key)}. Either the host was reinstalled, or somebody intercepts the connection. ` +
      `If you know why, remove the old key: ssh-keygen -R ${name} -f ${first.file}`
    );
  if (acceptsUnknownKeys) return undefined;
  return (
    `${whose} is not known: its fingerprint is ${fingerprint(key)}, and none of ${files.join(", ")} has it. ` +
    `Compare it with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then: ${through ? `ssh -p ${through.port} ${through.user}@${through.address} ` : ""}ssh-keyscan -p ${port} ${address} >> ${files[0] ?? "~/.ssh/known_hosts"}`
  );
}
