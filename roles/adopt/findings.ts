import { TaskError } from "kubeplay";
import { inspectAll, type Certificate } from "#engine/pki/inspect.ts";
import type { EncryptionConfig } from "#cluster/encryption/config.ts";
import { issuerFault } from "#engine/pki/verify.ts";
import { placesOf, signingCa, trustedAt } from "./places.ts";

/** What a host tells of its certificates: no key is in it. */
export interface HostPart {
  readonly host: string;
  /** The certificates of each file, in PEM. */
  readonly files: readonly { readonly path: string; readonly pem: string }[];
  readonly hasSigningKey: boolean;
  readonly hasTokenKey: boolean;
  /** Of service accounts whose tokens the host accepts, in PEM. */
  readonly tokenKeys: readonly string[];
  /** The keys of encryption at rest, without their secrets. */
  readonly encryption: EncryptionConfig | undefined;
}

/** A certificate, and the host's file that it is taken from. */
export interface Found {
  readonly name: string;
  readonly host: string;
  readonly path: string;
  readonly certificate: Certificate;
  /** The certificate and its chain, in PEM. */
  readonly pem: string;
}

export type RootName = keyof typeof trustedAt;

export interface Root {
  readonly name: RootName;
  readonly current: Certificate;
  /** One that hosts trust too: a rotation was under way. */
  readonly previous?: Certificate;
}

export interface Findings {
  readonly roots: readonly Root[];
  readonly signing: Found;
  /** Of the CA that signed the kubelets' certificates before. */
  readonly previousSigning?: Certificate;
  readonly leaves: readonly Found[];
  /** The host whose key of service accounts is taken. */
  readonly tokensFrom: string;
  /** The public keys of that host, in PEM. */
  readonly tokenKeys: readonly string[];
  /** The keys of encryption at rest, without their secrets. */
  readonly encryption: EncryptionConfig | undefined;
}

const textAt = ({ files }: HostPart, path: string): string => files.find((one) => one.path === path)?.pem ?? "";

/** The newest certificate of each name: an interrupted run may have left an older one on some hosts. */
function newest(parts: readonly HostPart[]): readonly Found[] {
  const found = new Map<string, Found>();
  for (const part of parts)
    for (const { name, path } of placesOf(part.host)) {
      if (name === signingCa && !part.hasSigningKey) continue;
      const pem = textAt(part, path);
      const [certificate] = inspectAll(pem);
      const known = found.get(name);
      if (certificate && !(known && known.certificate.notBefore >= certificate.notBefore))
        found.set(name, { name, host: part.host, path, certificate, pem });
    }
  return [...found.values()];
}

const trustedBy = (part: HostPart, name: RootName): readonly Certificate[] =>
  trustedAt[name].flatMap((path) => inspectAll(textAt(part, path)));

const issues = (ca: Certificate, certificate: Certificate): boolean => issuerFault(certificate, ca) === undefined;

function rootOf(name: RootName, parts: readonly HostPart[], issued: readonly Certificate[]): Root {
  const trusted = new Map(
    parts.flatMap((part) => trustedBy(part, name).filter((one) => one.selfSigned)).map((one) => [one.fingerprint, one]),
  );
  const all = [...trusted.values()];
  const inUse = all.filter((ca) => issued.some((one) => issues(ca, one)));
  const current = inUse.at(-1);
  if (!current)
    throw new TaskError(
      `no host has a certificate of ${name} and one that it issued. Bring the controller's folder back from a backup`,
    );
  const stranger = parts.find((part) => {
    const own = trustedBy(part, name);
    return own.length > 0 && !own.some(({ publicKey }) => inUse.some((ca) => ca.publicKey === publicKey));
  });
  if (stranger)
    throw new TaskError(
      `${stranger.host} trusts another ${name} than the other hosts, so it belongs to another cluster: take it out of the inventory`,
    );
  const previous = inUse.at(-2) ?? all[all.indexOf(current) - 1];
  return { name, current, ...(previous && { previous }) };
}

/**
 * What can be rebuilt from the hosts. Throws TaskError if that is no cluster: nothing there, CAs of two clusters, or no key
 * that could sign the admin's certificate.
 */
export function findingsOf(parts: readonly HostPart[]): Findings {
  const found = newest(parts);
  const signing = found.find(({ name }) => name === signingCa);
  const tokens =
    parts.find((part) => part.host === signing?.host && part.hasTokenKey) ?? parts.find((one) => one.hasTokenKey);
  if (!signing || !tokens)
    throw new TaskError(
      `no host of the inventory has the key ${signing ? "of service accounts" : `of ${signingCa}`}, so there is no master to adopt. Check -i; or bring the controller's folder back from a backup`,
    );
  const leaves = found.filter(({ name }) => name !== signingCa);
  const issued = leaves.map(({ certificate }) => certificate);
  // The CA whose key is here decides which one of the cluster's CAs is in use.
  const ofCluster = rootOf("kubernetes-ca", parts, [signing.certificate]);
  const others = parts
    .flatMap((part) => trustedBy(part, "kubernetes-ca"))
    .filter((one) => one.selfSigned && one.fingerprint !== ofCluster.current.fingerprint);
  const before = others.find((ca) => issued.some((one) => issues(ca, one))) ?? ofCluster.previous;
  const previousSigning = parts
    .flatMap((part) => trustedBy(part, "kubernetes-ca"))
    .find((one) => !one.selfSigned && one.publicKey !== signing.certificate.publicKey && before && issues(before, one));
  return {
    roots: [
      { ...ofCluster, ...(before && { previous: before }) },
      rootOf("etcd-ca", parts, issued),
      rootOf("front-proxy-ca", parts, issued),
    ],
    signing,
    ...(previousSigning && { previousSigning }),
    leaves,
    tokensFrom: tokens.host,
    tokenKeys: tokens.tokenKeys,
    encryption: [tokens, ...parts].find((part) => part.encryption)?.encryption,
  };
}
