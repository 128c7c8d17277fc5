import { createHash, sign, type KeyObject } from "node:crypto";
import { algorithmOf, signatureOf } from "./algorithm.ts";
import { bits, decode, encode, isTagged, oid, oidOf, partsOf, sequence, set, small, tagged } from "./der.ts";
import { extensionsOf } from "./extensions.ts";
import { parseExtensions, type Certificate } from "./inspect.ts";
import { keyIdOf, spki } from "./key.ts";
import { decodeName, encodeName, type Name } from "./name.ts";
import { toPem } from "./pem.ts";
import { usagesOf, type Profile } from "./profile.ts";

/** The attribute of PKCS #9 that has the extensions of the certificate to come: RFC 2985 §5.4.2. */
const extensionRequest = "1.2.840.113549.1.9.14";

export interface RequestOptions extends Name {
  readonly profile: Profile;
  readonly dns: readonly string[];
  readonly ips: readonly string[];
  /** The subject's own private key. */
  readonly key: KeyObject;
}

/** A certificate signing request (PKCS #10, RFC 2986) as PEM. Throws TaskError if the key cannot sign. */
export function requestPem({ profile, key, dns, ips, ...name }: RequestOptions): string {
  const signature = signatureOf(key);
  const extensions = extensionsOf({
    isCa: profile === "ca",
    isIntermediate: true,
    usages: usagesOf(profile, algorithmOf(key)),
    dns,
    ips,
    subjectKeyId: keyIdOf(key),
  });
  const info = sequence(
    small(0),
    encodeName(name),
    decode(spki(key)),
    tagged(0, sequence(oid(extensionRequest), set(sequence(...extensions)))),
  );
  const signed = sign(signature.hash, encode(info), key);
  return toPem(encode(sequence(info, signature.identifier(), bits(signed))), "CERTIFICATE REQUEST");
}

/** What a request asks for. */
export interface CertificateRequest extends Name, Pick<Certificate, "dns" | "ips" | "usages"> {
  /** SHA-256 of its public key, in hex: what `describeKey` gives for its key. */
  readonly publicKey: string;
}

const block = /-----BEGIN CERTIFICATE REQUEST-----([^-]*)-----END CERTIFICATE REQUEST-----/;

/** The first request of a PEM text. Its signature is not checked. Throws an Error if it cannot be decoded. */
export function inspectRequest(pem: string): CertificateRequest {
  const [, base64] = block.exec(pem) ?? [];
  if (base64 === undefined) throw new Error("not a certificate request in PEM");
  try {
    const [info] = partsOf(decode(Buffer.from(base64, "base64")));
    const [, subject, publicKey, ...rest] = partsOf(info);
    if (!subject || !publicKey) throw new Error("not a request");
    const attributes = rest.filter((node) => isTagged(node, 0)).flatMap(partsOf);
    const asked = attributes.find((node) => oidOf(partsOf(node)[0]) === extensionRequest);
    const { dns, ips, usages } = parseExtensions(partsOf(partsOf(partsOf(asked)[1])[0]));
    return {
      ...decodeName(subject),
      dns,
      ips,
      usages,
      publicKey: createHash("sha256").update(encode(publicKey)).digest("hex"),
    };
  } catch {
    throw new Error("the certificate request is damaged: its content cannot be decoded");
  }
}
