import { TaskError } from "../../errors.ts";
import { algorithms, type Algorithm } from "../../pki/algorithm.ts";
import { makePrivate, writePrivate, writePublic } from "../../pki/files.ts";
import { describeKey, newKey, privatePem } from "../../pki/key.ts";
import { controllerFile, fileToCome, type ControllerFileState } from "../../queries/controller-file.ts";
import { keyFile, type KeyState } from "../../queries/key-file.ts";
import { publicKeyFile, type PublicKeyState } from "../../queries/public-key-file.ts";
import { describeState, keyMode, modeDifference } from "./state.ts";
import { effect, unknown, type Difference, type Needs, type Step } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";
import { prop } from "../../tasks/properties.ts";

/** The properties of `keyPair`. */
export interface KeyPairProps {
  /** Absolute path of the private key on the controller, …/x.key. */
  readonly path: string;
  /** Absolute path of the public key on the controller; …/x.pub by default. */
  readonly publicPath?: string;
  /** rsa-2048 by default. */
  readonly algorithm?: Algorithm;
}

interface KeyPairNow {
  readonly key: KeyState;
  readonly publicKey: PublicKeyState;
  readonly keyOnDisk: ControllerFileState;
  readonly publicOnDisk: ControllerFileState;
}

const algorithmOf = (p: KeyPairProps): Algorithm => p.algorithm ?? "rsa-2048";
const publicPathOf = (p: KeyPairProps): string => p.publicPath ?? p.path.replace(/\.key$/, "") + ".pub";

/**
 * A private key (PKCS#8) and its public half on the controller. An existing key is never replaced: fails with TaskError
 * if it cannot be read, is of another algorithm, or is lost while its public key remains.
 *
 * @example
 * keyPair("Make the service account key", { path: "/pki/service-account.key" });
 */
export const keyPair = defineResource({
  kind: "key pair",
  props: {
    path: prop.text,
    publicPath: prop.optional(prop.text),
    algorithm: prop.optional(prop.oneOf(...algorithms)),
  },
  label: (p: KeyPairProps) => p.path,
  needs: (p): Needs<KeyPairNow> => ({
    key: keyFile(p.path),
    publicKey: publicKeyFile(publicPathOf(p)),
    keyOnDisk: controllerFile(p.path),
    publicOnDisk: controllerFile(publicPathOf(p)),
  }),
  diff: ({ key, publicKey }, p): Difference[] => {
    if (key.type === "absent") {
      // Holders of the public key still trust what the lost key signed, and nothing else.
      if (publicKey.type === "key")
        throw refusal(p, `it is absent, while its public key, ${publicPathOf(p)}, is there`);
      return [{ what: "key", before: "absent", after: algorithmOf(p) }];
    }
    if (key.type === "unreadable") throw refusal(p, `it is ${describeState(key)}`);
    if (key.key.algorithm !== algorithmOf(p))
      throw refusal(p, `it is ${key.key.algorithm}, and the configuration says ${algorithmOf(p)}`);
    const fits = publicKey.type === "key" && publicKey.publicKey === key.key.publicKey;
    const before = publicKey.type === "key" ? "of another key" : describeState(publicKey);
    return [...(fits ? [] : [{ what: "public key", before, after: "of this key" }]), ...modeDifference(key)];
  },
  apply: (found, { key }, p): Step[] => [
    {
      onController: async (progress) => {
        if (key.type === "key") {
          if (found.some(({ what }) => what === "public key")) await writePublic(publicPathOf(p), key.key.publicPem);
          if (key.mode !== keyMode) await makePrivate(p.path);
          return;
        }
        progress(`making a key, ${algorithmOf(p)}`);
        const made = await newKey(algorithmOf(p));
        await writePrivate(p.path, privatePem(made));
        await writePublic(publicPathOf(p), describeKey(made).publicPem);
      },
    },
  ],
  forecast: ({ key, keyOnDisk, publicKey, publicOnDisk }, p) => {
    if (key.type !== "key" || !keyOnDisk) return { key: unknown, publicKey: unknown, ...filesToCome(p) };
    const fits = publicKey.type === "key" && publicKey.publicKey === key.key.publicKey;
    return {
      key: { ...key, mode: keyMode },
      keyOnDisk: { ...keyOnDisk, mode: keyMode },
      publicKey: { type: "key", publicKey: key.key.publicKey },
      publicOnDisk: fits ? publicOnDisk : filesToCome(p).publicOnDisk,
    };
  },
  effects: (p) => [
    effect(keyFile(p.path), unknown),
    effect(publicKeyFile(publicPathOf(p)), unknown),
    effect(controllerFile(p.path), filesToCome(p).keyOnDisk),
    effect(controllerFile(publicPathOf(p)), filesToCome(p).publicOnDisk),
  ],
});

const filesToCome = (p: KeyPairProps) => ({
  keyOnDisk: fileToCome(p.path, keyMode),
  publicOnDisk: fileToCome(publicPathOf(p)),
});

const refusal = (p: KeyPairProps, fault: string): TaskError =>
  new TaskError(
    `The key ${p.path} is never replaced automatically: ${fault}. Restore it from a backup; or, to begin with a new ` +
      `one, move it and its public key away: everything that the old one signed is then refused.`,
  );
