import { defineQuery, defineResource, quote, TaskError } from "kubeplay";
import { linesOf, unreadable } from "#engine/queries/keys.ts";
import { apiserverPki } from "../apiserver-ready.ts";
import { encryptable, parseEncryption, withoutSecrets, writerOf, type EncryptionConfig } from "./config.ts";
import { encryptionState, type EncryptionState } from "./file.ts";

/** Where API servers read their keys. */
export const hostEncryptionPath = `${apiserverPki}/encryption.yaml`;

/** The configuration on a master, without secrets; undefined if there is none. Secrets never leave the host. */
const onMaster = defineQuery<EncryptionConfig | undefined>({
  kind: "encryption on a master",
  ask: (paths) =>
    paths.map((path) => `printf =; sed '/^ *secret:/d' ${quote(path)} 2>/dev/null | base64 -w 0; echo`).join("\n"),
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

/** Fails if the master encrypts with a key that the controller does not have. Never a change. */
export const keysKept = defineResource({
  kind: "encryption check",
  label: () => hostEncryptionPath,
  needs: ({ path }: KeysKeptProps) => ({ there: onMaster(hostEncryptionPath), here: encryptionState(path) }),
  diff: ({ there, here }: Now, { path }) => {
    for (const resource of there ? encryptable : []) {
      const writer = there ? writerOf(there, resource) : "identity";
      if (writer === "identity") continue;
      const known = here.type === "encryption" ? (here.config.get(resource) ?? []) : [];
      if (known.some((reader) => reader !== "identity" && reader.name === writer.name)) continue;
      throw new TaskError(
        `this API server encrypts ${resource} with ${writer.name}, which ${path} does not have: API servers that got this file could not read ${resource}. Nothing was changed. Restore the file from a backup, or copy ${hostEncryptionPath} of this host there`,
      );
    }
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
});
