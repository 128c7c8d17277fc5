import path from "node:path";
import { keyPathOf, TaskError } from "kubeplay";
import { issue } from "#engine/pki/issue.ts";
import { inspect } from "#engine/pki/inspect.ts";
import type { Algorithm } from "#engine/pki/algorithm.ts";
import { writePrivate, writePublic } from "#engine/pki/files.ts";
import { describeKey, newKey, parseKey, privatePem, publicKeyId } from "#engine/pki/key.ts";
import { readKubeconfig } from "#kubernetes/kubeconfig/format.ts";
import { hostEncryptionPath } from "#cluster/encryption/on-host.ts";
import { previousOf } from "#cluster/rotation.ts";
import type { Row } from "#cluster/certificate-table.ts";
import type { Findings, Found } from "./findings.ts";
import type { Secrets } from "./host-part.ts";
import { isKubeconfig, publicKeysIn, signingCa, tokenKey, tokenKeys } from "./places.ts";

interface Pair {
  /** The certificate and its chain, in PEM. */
  readonly certificate: string;
  readonly key: string;
}

function textOf(secrets: Secrets, host: string, file: string): string {
  const text = secrets.get(file);
  if (text === undefined) throw new TaskError(`${file} of ${host} is gone: play again`);
  return text;
}

function pairOf({ host, path: file }: Found, secrets: Secrets): Pair {
  const text = textOf(secrets, host, file);
  try {
    const { certificate, key } = isKubeconfig(file)
      ? readKubeconfig(text)
      : { certificate: text, key: textOf(secrets, host, keyPathOf(file)) };
    const pair = { certificate, key: privatePem(parseKey(key)) };
    if (inspect(certificate).publicKey !== publicKeyId(parseKey(key)))
      throw new Error("its certificate and its key do not belong together");
    return pair;
  } catch (error) {
    throw new TaskError(`${file} of ${host} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The key that signs tokens; of the other public keys, that of the key before it. */
async function writeTokenKeys(folder: string, host: string, secrets: Secrets): Promise<void> {
  const own = describeKey(parseKey(textOf(secrets, host, tokenKey)));
  const at = path.join(folder, "service-account");
  await writePrivate(`${at}.key`, textOf(secrets, host, tokenKey));
  await writePublic(`${at}.pub`, own.publicPem);
  const accepted = publicKeysIn(secrets.get(tokenKeys) ?? "");
  const before = accepted[accepted.findIndex((pem) => pem.trim() === own.publicPem.trim()) - 1];
  if (before !== undefined) await writePublic(previousOf(`${at}.pub`), before);
}

export interface Signed {
  /** The users whose certificates are on no host. */
  readonly users: readonly Row[];
  readonly algorithm: Algorithm;
  readonly days: number;
}

/** The masters' CA signs for users too: API servers trust it for their clients. */
async function signUsers(folder: string, { users, algorithm, days }: Signed, signing: Found, pair: Pair) {
  const issuer = { certificate: signing.certificate, key: parseKey(pair.key) };
  for (const { name, profile, commonName, organizations = [] } of users) {
    const key = await newKey(algorithm);
    const own = { profile, commonName, organizations, dns: [], ips: [], days, key, issuer };
    await writePrivate(path.join(folder, `${name}.key`), privatePem(key));
    await writePublic(path.join(folder, `${name}.crt`), `${issue(own)}${signing.certificate.pem}`);
  }
}

/** Writes the folder of certificates and keys, with new ones for the users. */
export async function writePki(
  folder: string,
  found: Findings,
  secretsOf: (host: string) => Secrets,
  signed: Signed,
): Promise<void> {
  const at = (name: string): string => path.join(folder, `${name}.crt`);
  for (const { name, current, previous } of found.roots) {
    await writePublic(at(name), current.pem);
    if (previous) await writePublic(previousOf(at(name)), previous.pem);
  }
  if (found.previousSigning) await writePublic(previousOf(at(signingCa)), found.previousSigning.pem);
  const signing = pairOf(found.signing, secretsOf(found.signing.host));
  for (const one of [found.signing, ...found.leaves]) {
    const { certificate, key } = one === found.signing ? signing : pairOf(one, secretsOf(one.host));
    await writePrivate(keyPathOf(at(one.name)), key);
    await writePublic(at(one.name), certificate);
  }
  await writeTokenKeys(folder, found.tokensFrom, secretsOf(found.tokensFrom));
  // Of any master: while keys are replaced, each has all keys by which there are objects.
  const hosts = [found.tokensFrom, ...found.leaves.map(({ host }) => host)];
  const encryption = hosts.map((host) => secretsOf(host).get(hostEncryptionPath)).find((text) => text !== undefined);
  if (encryption !== undefined) await writePrivate(path.join(folder, "encryption.yaml"), encryption);
  await signUsers(folder, signed, found.signing, signing);
}
