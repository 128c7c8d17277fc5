import path from "node:path";
import { listAll } from "#kubernetes/api/list-all.ts";
import type { Api } from "kubeplay/kubernetes";
import { inspect, type Certificate } from "#engine/pki/inspect.ts";
import { writePrivate, writePublic } from "#engine/pki/files.ts";
import { parseKey, privatePem, publicKeyId } from "#engine/pki/key.ts";
import { issuerFault } from "#engine/pki/verify.ts";

interface Secret {
  readonly data?: Readonly<Record<string, string>>;
}

function parsed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

export interface AddonPair {
  readonly name: string;
  readonly certificate: string;
  readonly key: string;
}

/** The certificates by this CA, with their keys, among the values of Secrets; by the names of their Services. */
export function pairsIn(secrets: readonly Secret[], ca: Certificate, names: readonly string[]): readonly AddonPair[] {
  return secrets.flatMap(({ data = {} }) => {
    const texts = Object.values(data).map((value) => Buffer.from(value, "base64").toString("utf8"));
    return texts.flatMap((text) => {
      const is = text.includes("BEGIN CERTIFICATE") ? parsed(() => inspect(text)) : undefined;
      const name = names.find((one) => one === `addons/${is?.commonName ?? ""}`);
      if (!is || name === undefined || issuerFault(is, ca) !== undefined) return [];
      const keys = texts.flatMap((one) => (one.includes("PRIVATE KEY") ? (parsed(() => parseKey(one)) ?? []) : []));
      const key = keys.find((one) => publicKeyId(one) === is.publicKey);
      return key ? [{ name, certificate: text, key: privatePem(key) }] : [];
    });
  });
}

/** Brings the certificates of addons from the cluster's Secrets into the folder. */
export async function writeAddons(api: Api, folder: string, ca: Certificate, names: readonly string[]): Promise<void> {
  for (const { name, certificate, key } of pairsIn(await listAll<Secret>(api, "/api/v1/secrets"), ca, names)) {
    await writePrivate(path.join(folder, `${name}.key`), key);
    await writePublic(path.join(folder, `${name}.crt`), certificate);
  }
}
