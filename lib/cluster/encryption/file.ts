import { createHash, randomBytes } from "node:crypto";
import { defineQuery, defineResource, type Difference, effect, queries, TaskError, unknown } from "kubeplay";
import { writePrivate } from "#engine/pki/files.ts";
import { fileToCome, type ControllerFileState } from "#engine/queries/controller-file.ts";
import { readEach, readText, understood, type Unusable } from "#engine/queries/read-file.ts";
import {
  encryptionAfter,
  encryptionInWords,
  firstEncryption,
  isEncryptedAs,
  keysOf,
  numberOf,
  parseEncryption,
  preparedEncryption,
  readsAlso,
  renderEncryption,
  withoutSecrets,
  type Encryptable,
  type EncryptionConfig,
  type EncryptionKey,
  type EncryptionStep,
  type Provider,
} from "./config.ts";

/** The configuration in a file, without secrets. */
export type EncryptionState =
  Unusable | { readonly type: "encryption"; readonly config: EncryptionConfig; readonly mode: number };

function parsed(text: string): EncryptionConfig {
  const config = parseEncryption(text);
  if (!config) throw new Error("it is no configuration of encryption as kubeplay writes it");
  return config;
}

/** The configuration of encryption in a file of the controller. A file that cannot be used is a state, not an error. */
export const encryptionState = defineQuery<EncryptionState>({
  kind: "encryption",
  get: (paths) =>
    readEach(paths, async (path) =>
      understood(await readText(path), (text, mode): EncryptionState => ({
        type: "encryption",
        config: withoutSecrets(parsed(text)),
        mode,
      })),
    ),
});

/** The same with its secrets; undefined if there is no file. Rejects with TaskError if it cannot be used. */
export async function encryptionIn(file: string): Promise<EncryptionConfig | undefined> {
  const found = understood(await readText(file), parsed);
  if (!("type" in found)) return found;
  if (found.type === "absent") return undefined;
  throw new TaskError(`${file} cannot be used: ${found.reason}`);
}

export interface EncryptionFileProps {
  /** On the controller. */
  readonly path: string;
  /** A file of the cluster that is older: without it, the cluster has no objects yet. */
  readonly authority: string;
  /** Empty: nothing is encrypted. */
  readonly resources: readonly Encryptable[];
  readonly provider: Provider;
  /** "keep" makes the first configuration, and changes no other. */
  readonly step: EncryptionStep | "keep";
  /** Whether "add" makes a new key although the present one serves. */
  readonly rotate: boolean;
  /** What this run must have found before the step: a gate of its own can be left out by --start-at-task. */
  readonly [report: `report ${string}`]: boolean;
}

interface Now {
  readonly found: EncryptionState;
  readonly authority: ControllerFileState;
}

const nextOf = (newest: EncryptionKey | undefined): string => `key-${String(newest ? numberOf(newest) + 1 : 1)}`;

/** A key that a check foretells. */
const keyToCome = (provider: Provider, newest?: EncryptionKey): EncryptionKey => ({
  provider,
  name: `${nextOf(newest)}-…`,
});

/** A controller that has lost its keys makes others of the same number: the digest tells them apart. */
function makeKey(provider: Provider, newest?: EncryptionKey): EncryptionKey {
  const secret = randomBytes(32);
  const digest = createHash("sha256").update(secret).digest("hex").slice(0, 8);
  return { provider, name: `${nextOf(newest)}-${digest}`, secret: secret.toString("base64") };
}

const inWords = (config: EncryptionConfig | undefined): string | undefined => config && encryptionInWords(config);

function usable({ found }: Now, path: string): EncryptionConfig | undefined {
  if (found.type === "encryption") return found.config;
  if (found.type === "absent") return undefined;
  throw new TaskError(
    `${path} cannot be used: ${found.reason}. Restore it from a backup: without its keys nobody can read what is encrypted in etcd`,
  );
}

/** A part that is left out would take away a key by which there are objects, or use one that not every master has. */
const leftOut = (what: string): TaskError =>
  new TaskError(`${what} was left out. No key was changed: play encryption without --skip-tags and --start-at-task`);

/** The configuration after the step. `make` makes a key where one is needed. */
function wanted(
  now: EncryptionConfig | undefined,
  p: EncryptionFileProps,
  isNew: boolean,
  make: (provider: Provider, newest?: EncryptionKey) => EncryptionKey,
): EncryptionConfig | undefined {
  const { resources, provider, step } = p;
  if (!now) {
    if (resources.length === 0) return undefined;
    return (isNew ? firstEncryption : preparedEncryption)({ resources, key: make(provider) });
  }
  if (step === "keep") return now;
  const newest = keysOf(now).at(-1);
  const serves = newest?.provider === provider;
  if (step !== "add") {
    if (!newest) return now;
    const [to, before] = [{ resources, key: newest }, step === "first" ? "add" : "first"] as const;
    if (inWords(encryptionAfter(before, now, to)) !== inWords(now)) throw leftOut(`encryption-${before}`);
    return encryptionAfter(step, now, to);
  }
  // A rotation that was interrupted goes on with its own key.
  const another = resources.length > 0 && (!serves || (p.rotate && isEncryptedAs(now, { resources, key: newest })));
  return encryptionAfter(step, now, { resources, key: another || !newest ? make(provider, newest) : newest });
}

/** What a check foretells. */
const foreseen = (now: Now, p: EncryptionFileProps): EncryptionConfig | undefined =>
  wanted(usable(now, p.path), p, now.authority === undefined, keyToCome);

/** Whether the configuration is what the variables say. */
function isAsWanted(config: EncryptionConfig, { resources, provider }: EncryptionFileProps): boolean {
  const key = keysOf(config).at(-1);
  if (!key) return resources.length === 0;
  return (resources.length === 0 || key.provider === provider) && isEncryptedAs(config, { resources, key });
}

/** Beside a file: the keys that were removed from it. No API server gets them; older snapshots of etcd need them. */
export const retiredKeys = (file: string): string => file.replace(/\.yaml$/, "-retired.yaml");

async function retire(file: string, now: EncryptionConfig): Promise<void> {
  const all = readsAlso((await encryptionIn(retiredKeys(file))) ?? new Map(), now);
  await writePrivate(retiredKeys(file), renderEncryption(all));
}

/** The keys of encryption at rest, in the file that API servers read. Its only original is on the controller. */
export const encryptionFile = defineResource({
  kind: "encryption",
  label: ({ step }: EncryptionFileProps) => step,
  needs: ({ path, authority }) => ({ found: encryptionState(path), authority: queries.controllerFile(authority) }),
  diff: (now: Now, p): Difference[] => {
    if (Object.entries(p).some(([name, value]) => name.startsWith("report ") && value !== true))
      throw leftOut(`what encryption-${p.step} waits for`);
    const [config, after] = [usable(now, p.path), foreseen(now, p)];
    const differences: Difference[] = [];
    if (inWords(config) !== inWords(after))
      differences.push({ what: "readers", before: inWords(config), after: inWords(after), desired: unknown });
    if (now.found.type === "encryption" && now.found.mode !== 0o600)
      differences.push({ what: "mode", before: now.found.mode.toString(8), after: "600" });
    return differences;
  },
  apply: (_found, now, p) => [
    {
      onController: async () => {
        const before = await encryptionIn(p.path);
        const after = wanted(before, p, now.authority === undefined, makeKey);
        if (before && p.step === "remove") await retire(p.path, before);
        if (after) await writePrivate(p.path, renderEncryption(after));
      },
    },
  ],
  forecast: (now, p) => {
    const after = foreseen(now, p);
    return { found: after ? { type: "encryption" as const, config: after, mode: 0o600 } : now.found };
  },
  // Another file after each step: a check foretells that masters get all of them.
  effects: ({ path, step }) => [effect(queries.controllerFile(path), fileToCome(path, 0o600, step))],
  warnings: (now, p) => {
    if (p.step !== "keep") return [];
    const config = foreseen(now, p);
    if (!config || isAsWanted(config, p)) return [];
    return [
      `etcd is not encrypted as the variables say (${encryptionInWords(config)}): npm run play encryption changes that, host by host`,
    ];
  },
});
