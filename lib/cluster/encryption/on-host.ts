import { defineQuery, defineResource, quote, TaskError } from "kubeplay";
import { linesOf, unreadable } from "#engine/queries/keys.ts";
import { apiserverPki } from "../apiserver-ready.ts";
import {
  encryptable,
  keysOf,
  parseEncryption,
  withoutSecrets,
  writerOf,
  type Encryptable,
  type EncryptionConfig,
  type Reader,
} from "./config.ts";
import { encryptionState, type EncryptionState } from "./file.ts";

/** Where API servers read their keys. */
export const hostEncryptionPath = `${apiserverPki}/encryption.yaml`;

/** The configuration on a master, without secrets; undefined if there is none. Secrets never leave the host. */
export const encryptionOnMaster = defineQuery<EncryptionConfig | undefined>({
  kind: "encryption on a master",
  ask: (paths) =>
    paths.map((path) => `printf =; sed '/^[ -]*secret:/d' ${quote(path)} 2>/dev/null | base64 -w 0; echo`).join("\n"),
  parse: (stdout, paths) => {
    const lines = linesOf(stdout);
    if (lines.length !== paths.length) throw unreadable(stdout);
    return new Map(paths.map((path, index) => [path, configIn(lines[index] ?? "", path)] as const));
  },
});

/** A line: "=" and the file in base64. */
function configIn(line: string, path: string): EncryptionConfig | undefined | TaskError {
  const text = Buffer.from(line.slice(1), "base64").toString("utf8");
  if (text === "") return undefined;
  const config = parseEncryption(text);
  return config ? withoutSecrets(config) : new TaskError(`${path} is not as kubeplay writes it`);
}

export interface KeysKeptProps {
  /** The configuration on the controller. */
  readonly path: string;
}

interface Now {
  readonly there: EncryptionConfig | undefined;
  readonly here: EncryptionState;
}

/** What a master does by a key that the controller must have and has not: "encrypts secrets with key-1-5f0e3a91". */
function lostUse(there: EncryptionConfig, here: EncryptionState, resource: Encryptable): string | undefined {
  const found: EncryptionConfig = here.type === "encryption" ? here.config : new Map();
  const isIn = (keys: readonly Reader[], name: string): boolean =>
    keys.some((key) => key !== "identity" && key.name === name);
  const writer = writerOf(there, resource);
  if (writer !== "identity")
    return isIn(found.get(resource) ?? [], writer.name) ? undefined : `encrypts ${resource} with ${writer.name}`;
  // It writes plain text, and etcd may still have objects by its keys. Only a controller without a file, or with other
  // keys, has lost these: one whose file has no key has removed them.
  const keys = keysOf(new Map([[resource, there.get(resource) ?? []]]));
  const all = keysOf(found);
  const isLost = !keys.some(({ name }) => isIn(all, name)) && (all.length > 0 || here.type !== "encryption");
  const newest = keys.at(-1);
  return newest && isLost ? `can read ${resource} that are encrypted with ${newest.name}` : undefined;
}

/** Fails if the master has a key that the controller has lost. Never a change. */
export const keysKept = defineResource({
  kind: "encryption check",
  label: () => hostEncryptionPath,
  needs: ({ path }: KeysKeptProps) => ({ there: encryptionOnMaster(hostEncryptionPath), here: encryptionState(path) }),
  diff: ({ there, here }: Now, { path }) => {
    for (const resource of there ? encryptable : []) {
      const use = there && lostUse(there, here, resource);
      if (use === undefined) continue;
      throw new TaskError(
        `this API server ${use}, which ${path} does not have: API servers that got this file could not read ${resource}. Nothing was changed. Restore the file from a backup, or copy ${hostEncryptionPath} of this host there`,
      );
    }
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
});
