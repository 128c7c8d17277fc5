import { defineResource, type Difference, keyPathOf, queries, quote, TaskError, type Writer } from "kubeplay";
import { certificatePlaces, hostCertificates, type CertificateFile } from "#cluster/host-certificates.ts";
import type { EncryptionConfig } from "#cluster/encryption/config.ts";
import { encryptionOnMaster, hostEncryptionPath } from "#cluster/encryption/on-host.ts";
import type { HostPart } from "./findings.ts";
import { isKubeconfig, placesOf, publicKeysIn, signingKey, tokenKey, tokenKeys } from "./places.ts";

/** The texts of files on a host, with their keys, by path. They stay in memory until all hosts have answered. */
export type Secrets = ReadonlyMap<string, string>;

const collected = new Map<string, Secrets>();

/** What has been read from a host in this run. Throws TaskError if nothing was. */
export function secretsOf(host: string): Secrets {
  const found = collected.get(host);
  if (!found) throw new TaskError(`the files of ${host} were not read in this run: play adopt without --start-at-task`);
  return found;
}

/** Prints the path and the content of each file that is there, in base64, one file a line. */
const print = (paths: readonly string[]): string =>
  `for file in ${paths.map(quote).join(" ")}; do
  [ ! -f "$file" ] || printf '%s %s\\n' "$(printf %s "$file" | base64 -w 0)" "$(base64 -w 0 < "$file")"
done`;

async function read(host: Writer, paths: readonly string[]): Promise<Secrets> {
  const { stdout, stderr, code } = await host.read(print(paths));
  if (code !== 0) throw new TaskError(`the files of ${host.host} cannot be read: ${stderr.trim()}`);
  const decode = (base64 = ""): string => Buffer.from(base64, "base64").toString("utf8");
  return new Map(
    stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const [path, content] = line.split(" ");
        return [decode(path), decode(content)] as const;
      }),
  );
}

export interface HostPartProps {
  readonly host: string;
}

interface Now {
  readonly certificates: readonly CertificateFile[];
  readonly signing: queries.PathState;
  readonly tokens: queries.PathState;
  readonly tokenKeys: queries.ContentState;
  readonly encryption: EncryptionConfig | undefined;
}

const placesWith = ({ certificates }: Now, { host }: HostPartProps) =>
  placesOf(host).filter(({ path }) => certificates.some((file) => file.path === path && file.certificates.length > 0));

/** Reads from a host what the controller had issued for it. Nothing is written yet, neither there nor here. */
export const hostPart = defineResource({
  kind: "adopted files",
  label: ({ host }: HostPartProps) => host,
  needs: () => ({
    certificates: hostCertificates(certificatePlaces),
    signing: queries.path(signingKey),
    tokens: queries.path(tokenKey),
    tokenKeys: queries.content(tokenKeys),
    encryption: encryptionOnMaster(hostEncryptionPath),
  }),
  diff: (now: Now, p): Difference[] =>
    placesWith(now, p).map(({ name, path }) => ({
      what: name,
      before: undefined,
      after: `from ${path}`,
      always: true,
    })),
  apply: (_found, now, p) => [
    {
      overConnection: async (host) => {
        const paths = placesWith(now, p).flatMap(({ path }) => (isKubeconfig(path) ? [path] : [path, keyPathOf(path)]));
        collected.set(p.host, await read(host, [...paths, tokenKey, tokenKeys, hostEncryptionPath]));
        return undefined;
      },
    },
  ],
  forecast: () => ({}),
  output: ({ certificates, signing, tokens, tokenKeys: accepted, encryption }, { host }): HostPart => ({
    host,
    files: certificates.map(({ path, certificates: all }) => ({ path, pem: all.map(({ pem }) => pem).join("") })),
    hasSigningKey: signing.type === "file",
    hasTokenKey: tokens.type === "file",
    tokenKeys: publicKeysIn(typeof accepted === "string" ? accepted : ""),
    encryption,
  }),
});
