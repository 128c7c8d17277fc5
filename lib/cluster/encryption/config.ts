import { parse, stringify } from "yaml";

/** How kube-apiserver can encrypt with a key of its own file. */
export const providers = ["secretbox", "aesgcm"] as const;
export type Provider = (typeof providers)[number];

/** Resources that can be encrypted, each in a folder of etcd of the same name. */
export const encryptable = ["secrets", "configmaps"] as const;
export type Encryptable = (typeof encryptable)[number];

export interface EncryptionKey {
  readonly provider: Provider;
  /** "key-2-5f0e3a91": its number, of which the newest one has the greatest, and a digest of its secret. */
  readonly name: string;
  /** 32 bytes in base64; absent where only the name is known. */
  readonly secret?: string;
}

/** A way to read: by a key, or as it is. The first one of a resource writes. */
export type Reader = EncryptionKey | "identity";

/** kube-apiserver's EncryptionConfiguration: the readers of each resource. Other resources are not encrypted. */
export type EncryptionConfig = ReadonlyMap<Encryptable, readonly Reader[]>;

const apiVersion = "apiserver.config.k8s.io/v1";
const kind = "EncryptionConfiguration";

const isSame = (a: Reader, b: Reader): boolean =>
  a === "identity" || b === "identity" ? a === b : a.provider === b.provider && a.name === b.name;

/** The file that kube-apiserver reads. All keys must have their secrets. */
export function renderEncryption(config: EncryptionConfig): string {
  const resources = [...config].map(([resource, readers]) => ({
    resources: [resource],
    providers: readers.map((reader) =>
      reader === "identity"
        ? { identity: {} }
        : { [reader.provider]: { keys: [{ name: reader.name, secret: reader.secret }] } },
    ),
  }));
  return stringify({ apiVersion, kind, resources });
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function readersIn(provider: unknown): readonly Reader[] | undefined {
  if (!isMap(provider)) return undefined;
  if ("identity" in provider) return ["identity"];
  const name = providers.find((one) => one in provider);
  const settings = name && provider[name];
  if (!name || !isMap(settings)) return undefined;
  const keys = listOf(settings.keys).flatMap((key) =>
    isMap(key) && typeof key.name === "string"
      ? [{ provider: name, name: key.name, ...(typeof key.secret === "string" && { secret: key.secret }) }]
      : [],
  );
  return keys.length > 0 && keys.length === listOf(settings.keys).length ? keys : undefined;
}

/** Reads what renderEncryption writes. Undefined for anything else, so that no key gets lost by a wrong guess. */
export function parseEncryption(text: string): EncryptionConfig | undefined {
  let document: unknown;
  try {
    document = parse(text);
  } catch {
    return undefined;
  }
  if (!isMap(document) || document.kind !== kind || document.apiVersion !== apiVersion) return undefined;
  const config = new Map<Encryptable, readonly Reader[]>();
  for (const group of listOf(document.resources)) {
    if (!isMap(group)) return undefined;
    const readers = listOf(group.providers).map(readersIn);
    const own = readers.flatMap((reader) => reader ?? []);
    if (own.length === 0 || readers.includes(undefined)) return undefined;
    for (const name of listOf(group.resources)) {
      const resource = encryptable.find((one) => one === name);
      if (!resource || config.has(resource)) return undefined;
      config.set(resource, own);
    }
  }
  return config;
}

export const numberOf = ({ name }: EncryptionKey): number => Number(/^key-(\d+)/.exec(name)?.[1] ?? 0);

/** The same without what must not be seen. */
export const withoutSecrets = (config: EncryptionConfig): EncryptionConfig =>
  new Map(
    [...config].map(([resource, readers]) => [
      resource,
      readers.map((reader) => (reader === "identity" ? reader : { provider: reader.provider, name: reader.name })),
    ]),
  );

/** All keys of it, the newest one last. */
export function keysOf(config: EncryptionConfig): readonly EncryptionKey[] {
  const keys = [...config.values()].flat().filter((reader) => reader !== "identity");
  return [...new Map(keys.map((key) => [`${key.name} ${key.provider}`, key])).values()].sort(
    (a, b) => numberOf(a) - numberOf(b),
  );
}

/** The one that writes a resource. */
export const writerOf = (config: EncryptionConfig, resource: Encryptable): Reader =>
  config.get(resource)?.[0] ?? "identity";

/**
 * "add": every server can read what the new key writes. "first": it writes. "remove": nothing else is read but what is
 * not encrypted.
 */
export type EncryptionStep = "add" | "first" | "remove";

/** What a change leads to: the resources that are encrypted, and the key that does it. */
export interface Wanted {
  readonly resources: readonly Encryptable[];
  readonly key: EncryptionKey;
}

/** Whether nothing is left to do. */
export const isEncryptedAs = (config: EncryptionConfig, wanted: Wanted): boolean =>
  encryptionInWords(encryptionAfter("remove", config, wanted)) === encryptionInWords(config);

/** The configuration after a step. A step that was made already leaves it as it is. */
export function encryptionAfter(step: EncryptionStep, config: EncryptionConfig, wanted: Wanted): EncryptionConfig {
  const after = new Map<Encryptable, readonly Reader[]>();
  for (const resource of encryptable) {
    const encrypted = wanted.resources.includes(resource);
    const readers = config.get(resource) ?? [];
    if (!encrypted && readers.length === 0) continue;
    const writer: Reader = encrypted ? wanted.key : "identity";
    const known: readonly Reader[] = readers.length === 0 ? ["identity"] : readers;
    const all = known.some((reader) => isSame(reader, writer)) ? known : [...known, writer];
    if (step === "add") after.set(resource, all);
    else if (step === "first") after.set(resource, [writer, ...all.filter((reader) => !isSame(reader, writer))]);
    else if (encrypted) after.set(resource, [wanted.key, "identity"]);
  }
  // kube-apiserver refuses an empty configuration.
  return after.size > 0 ? after : new Map([["secrets", ["identity"]]]);
}

/** The configuration of a cluster that has nothing yet: what is written is encrypted from the beginning. */
export const firstEncryption = ({ resources, key }: Wanted): EncryptionConfig =>
  new Map(resources.map((resource) => [resource, [key, "identity"]]));

/** The configuration of a cluster that has unencrypted objects: every server learns to read before one writes. */
export const preparedEncryption = ({ resources, key }: Wanted): EncryptionConfig =>
  new Map(resources.map((resource) => [resource, ["identity", key]]));

/** It also reads what another one has written: that of a backup, for example. What writes stays. */
export function readsAlso(config: EncryptionConfig, other: EncryptionConfig): EncryptionConfig {
  const both = new Map(config);
  for (const [resource, readers] of other) {
    const known = config.get(resource) ?? ["identity"];
    both.set(resource, [...known, ...readers.filter((reader) => !known.some((one) => isSame(one, reader)))]);
  }
  return both;
}

/** In words, without secrets: "secrets: key-1 (secretbox), identity". */
export const encryptionInWords = (config: EncryptionConfig): string =>
  [...config].map(([resource, readers]) => `${resource}: ${readers.map(readerInWords).join(", ")}`).join("; ") ||
  "none";

export const readerInWords = (reader: Reader): string =>
  reader === "identity" ? "identity" : `${reader.name} (${reader.provider})`;
