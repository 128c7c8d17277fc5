import { createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  defineQuery,
  defineResource,
  type Difference,
  effect,
  type Needs,
  queries,
  TaskError,
  unknown,
} from "kubeplay";
import { writePublic } from "#engine/pki/files.ts";
import { publicKeyId } from "#engine/pki/key.ts";
import { fileToCome } from "#engine/queries/controller-file.ts";
import { readEach, readText, understood } from "#engine/queries/read-file.ts";
import { publicKeyFile, type PublicKeyState } from "#engine/queries/public-key-file.ts";
import { describeState } from "#engine/resources/certificates/state.ts";

type Keys = { readonly type: "keys"; readonly ids: readonly string[] } | { readonly type: "absent" | "unreadable" };

const block = /-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----/g;

/** The digests of all public keys in a file on the controller. */
const keysIn = defineQuery<Keys>({
  kind: "public keys",
  get: (paths) =>
    readEach(paths, async (path) =>
      understood(await readText(path), (text): Keys => ({
        type: "keys",
        ids: (text.match(block) ?? []).map((pem) => publicKeyId(createPublicKey(pem))),
      })),
    ),
});

export interface PublicKeysProps {
  /** Absolute path on the controller. */
  readonly path: string;
  /** Files with one public key each. */
  readonly keys: readonly string[];
  /** Those of them that may be absent. */
  readonly optional: readonly string[];
}

interface Now {
  readonly bundle: Keys;
  readonly [key: `key ${number}`]: PublicKeyState;
}

/** Several public keys in one file, as kube-apiserver reads them. */
export const publicKeys = defineResource({
  kind: "public keys",
  label: ({ path }: PublicKeysProps) => path,
  needs: (p): Needs<Now> => ({
    bundle: keysIn(p.path),
    ...Object.fromEntries(p.keys.map((file, index) => [`key ${String(index)}`, publicKeyFile(file)])),
  }),
  diff: (now, p): Difference[] => {
    const desired = inWords(present(now, p).map(({ id }) => id));
    const current = now.bundle.type === "keys" ? inWords(now.bundle.ids) : now.bundle.type;
    return current === desired ? [] : [{ what: "keys", before: current, after: desired }];
  },
  apply: (_found, now, p) => [
    {
      onController: async () => {
        const texts = await Promise.all(present(now, p).map(({ file }) => readFile(file, "utf8")));
        await writePublic(p.path, texts.join(""));
      },
    },
  ],
  forecast: () => ({ bundle: unknown }),
  effects: (p) => [effect(queries.controllerFile(p.path), fileToCome(p.path))],
});

const inWords = (ids: readonly string[]): string => ids.map((id) => id.slice(0, 12)).join(", ");

function present(now: Now, p: PublicKeysProps): readonly { readonly file: string; readonly id: string }[] {
  return p.keys.flatMap((file, index) => {
    const state = now[`key ${index}`];
    if (state?.type === "key") return [{ file, id: state.publicKey }];
    if (state?.type === "absent" && p.optional.includes(file)) return [];
    throw new TaskError(`${p.path} cannot be written: ${file} is ${state ? describeState(state) : "absent"}`);
  });
}
