import { describeKey, parseKey, type KeyInfo } from "../pki/key.ts";
import { defineQuery } from "./define.ts";
import { readEach, readText, understood, type Unusable } from "./read-file.ts";

/** A private key on the controller: its public properties and its file's mode, never the key. */
export type KeyState = Unusable | { readonly type: "key"; readonly key: KeyInfo; readonly mode: number };

/** The private key in the file at a path on the controller. A file that cannot be used is a state, not an error. */
export const keyFile = defineQuery<KeyState>({
  kind: "key file",
  get: (paths) =>
    readEach(paths, async (path) =>
      understood(await readText(path), (text, mode): KeyState => ({
        type: "key",
        key: describeKey(parseKey(text)),
        mode,
      })),
    ),
});
