import { createPublicKey, X509Certificate, type KeyObject } from "node:crypto";
import path from "node:path";
import { effect, keyPathOf, queries, unknown, type Effect } from "kubeplay";
import { algorithmOf } from "#engine/pki/algorithm.ts";
import { publicKeyId, publicPem } from "#engine/pki/key.ts";
import { certificateStateOf } from "#engine/queries/certificate-file.ts";
import { fileToCome } from "#engine/queries/controller-file.ts";
import { keyFile, type KeyState } from "#engine/queries/key-file.ts";
import { publicKeyFile } from "#engine/queries/public-key-file.ts";
import { encryptionState } from "#cluster/encryption/file.ts";
import { previousOf } from "#cluster/rotation.ts";
import type { Findings } from "./findings.ts";
import { signingCa } from "./places.ts";

const keyMode = 0o600;

/** A private key of which the public half is known. */
const keyOf = (publicKey: KeyObject): KeyState => ({
  type: "key",
  key: { algorithm: algorithmOf(publicKey), publicKey: publicKeyId(publicKey), publicPem: publicPem(publicKey) },
  mode: keyMode,
});

const keyToCome = (file: string): Effect => effect(queries.controllerFile(file), fileToCome(file, keyMode));

const withCertificate = (file: string, pem: string): Effect[] => [
  effect(queries.certificateFile(file), certificateStateOf(pem)),
  effect(queries.controllerFile(file), fileToCome(file)),
];

const withPair = (file: string, pem: string): Effect[] => [
  ...withCertificate(file, pem),
  effect(keyFile(keyPathOf(file)), keyOf(new X509Certificate(pem).publicKey)),
  keyToCome(keyPathOf(file)),
];

/** A new certificate, with its key. */
const withUser = (file: string): Effect[] => [
  effect(queries.certificateFile(file), unknown),
  effect(queries.controllerFile(file), fileToCome(file)),
  effect(keyFile(keyPathOf(file)), unknown),
  keyToCome(keyPathOf(file)),
];

/** Hosts with one key have that of the tokens; of several, it is not known which one signs. */
function withTokenKey(file: string, [first, ...others]: readonly string[]): Effect[] {
  const only = first !== undefined && others.length === 0 ? createPublicKey(first) : undefined;
  const publicFile = file.replace(/key$/, "pub");
  return [
    effect(keyFile(file), only ? keyOf(only) : unknown),
    keyToCome(file),
    effect(publicKeyFile(publicFile), only ? { type: "key", publicKey: publicKeyId(only) } : unknown),
    ...(only ? [] : [effect(publicKeyFile(previousOf(publicFile)), unknown)]),
  ];
}

/** The files of the rebuilt folder: all but the users' certificates are known before. */
export function effectsOf(folder: string, found: Findings, users: readonly string[]): Effect[] {
  const at = (name: string): string => path.join(folder, `${name}.crt`);
  const before = [
    ...found.roots.map(({ name, previous }) => [name, previous] as const),
    [signingCa, found.previousSigning] as const,
  ];
  return [
    ...found.roots.flatMap(({ name, current }) => withCertificate(at(name), current.pem)),
    ...before.flatMap(([name, previous]) => (previous ? withCertificate(previousOf(at(name)), previous.pem) : [])),
    ...[found.signing, ...found.leaves].flatMap(({ name, pem }) => withPair(at(name), pem)),
    ...withTokenKey(keyPathOf(at("service-account")), found.tokenKeys),
    ...users.flatMap((name) => withUser(at(name))),
    ...(found.encryption
      ? [
          effect(encryptionState(path.join(folder, "encryption.yaml")), {
            type: "encryption" as const,
            config: found.encryption,
            mode: keyMode,
          }),
        ]
      : []),
  ];
}
