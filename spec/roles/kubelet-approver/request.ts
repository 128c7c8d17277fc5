import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { bits, decode, encode, oid, printable, sequence, set, small, tagged, type Der } from "#engine/pki/der.ts";
import { subjectAltName } from "#engine/pki/extensions.ts";
import { spki } from "#engine/pki/key.ts";

export interface RequestParts {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** undefined: the request has no attribute for them. */
  readonly extensions: readonly Der[] | undefined;
  /** Attributes in addition to the one with the extensions. */
  readonly attributes: readonly Der[];
  readonly key: KeyObject;
  /** The signing key; a forger's differs from the key of the request. */
  readonly signer: KeyObject;
}

export const newKey = (namedCurve = "P-256"): KeyObject => generateKeyPairSync("ec", { namedCurve }).privateKey;

const word = (id: string, value: string): Der => set(sequence(oid(id), printable(value)));
export const extensionRequest = (...extensions: readonly Der[]): Der =>
  sequence(oid("1.2.840.113549.1.9.14"), set(sequence(...extensions)));
export const challengePassword = sequence(oid("1.2.840.113549.1.9.7"), set(printable("x")));

/** A certificate signing request as DER: that of node-1's kubelet, with the given changes. */
export function request(change: Partial<RequestParts> = {}): Buffer {
  const key = change.key ?? newKey();
  const parts = {
    commonName: "system:node:node-1",
    organizations: ["system:nodes"],
    extensions: [subjectAltName(["node-1"], ["10.0.0.21"])],
    attributes: [],
    signer: key,
    ...change,
  };
  const info = sequence(
    small(0),
    sequence(
      ...parts.organizations.map((name) => word("2.5.4.10", name)),
      ...(parts.commonName === "" ? [] : [word("2.5.4.3", parts.commonName)]),
    ),
    decode(spki(key)),
    tagged(0, ...(parts.extensions ? [extensionRequest(...parts.extensions)] : []), ...parts.attributes),
  );
  const signature = sign("sha256", encode(info), parts.signer);
  return encode(sequence(info, sequence(oid("1.2.840.10045.4.3.2")), bits(signature)));
}

/** As Go's encoding/pem writes it. */
export const pem = (der: Uint8Array): string =>
  [
    "-----BEGIN CERTIFICATE REQUEST-----",
    ...(Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? []),
    "-----END CERTIFICATE REQUEST-----",
    "",
  ].join("\n");
