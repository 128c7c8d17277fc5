import { X509Certificate } from "node:crypto";
import { addressText } from "./address.ts";
import { algorithmOf } from "./algorithm.ts";
import { bytesOf, decode, encode, isBoolean, isTagged, oidOf, partsOf, type Der } from "./der.ts";
import { extensionIds, nameTags } from "./extensions.ts";
import { publicKeyId } from "./key.ts";
import { decodeName, type Name } from "./name.ts";
import { certificateBlocks } from "./pem.ts";
import { extendedUsages, keyUsages } from "./profile.ts";
import { structureOf } from "./structure.ts";

/** The content of a certificate, parsed once. */
export interface Certificate extends Name {
  /** This certificate alone. */
  readonly pem: string;
  readonly issuer: Name;
  /** Whether it names itself as its issuer. */
  readonly selfSigned: boolean;
  readonly dns: readonly string[];
  readonly ips: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Of its key: "ecdsa-p256", "rsa-2048". */
  readonly algorithm: string;
  readonly isCa: boolean;
  /** Named as in KeyUsage and ExtendedUsage; an unknown extended usage by its dotted number. */
  readonly usages: { readonly key: readonly string[]; readonly extended: readonly string[] };
  readonly serial: string;
  /** SHA-256 of the certificate, in hex. */
  readonly fingerprint: string;
  /** SHA-256 of its public key, in hex: what `describeKey` gives for its key. */
  readonly publicKey: string;
  readonly subjectKeyId?: string;
  readonly authorityKeyId?: string;
}

const parsed = new Map<string, Certificate>();

/** The first certificate of a PEM text. Throws an Error if there is none or it cannot be decoded. */
export function inspect(pem: string): Certificate {
  const [first] = inspectAll(pem);
  if (first) return first;
  throw new Error(pem.trim() === "" ? "the file is empty" : "not a certificate in PEM");
}

/** Every certificate of a PEM text, in order. The same text is parsed once. */
export const inspectAll = (pem: string): Certificate[] =>
  certificateBlocks(pem).map((block) => {
    const known = parsed.get(block);
    if (known) return known;
    const certificate = parse(block);
    parsed.set(block, certificate);
    return certificate;
  });

function parse(pem: string): Certificate {
  try {
    const x509 = new X509Certificate(pem);
    const { serial, issuer, subject, extensions } = structureOf(x509.raw);
    return {
      pem,
      ...decodeName(subject),
      issuer: decodeName(issuer),
      selfSigned: encode(subject).equals(encode(issuer)),
      notBefore: new Date(x509.validFrom),
      notAfter: new Date(x509.validTo),
      algorithm: algorithmOf(x509.publicKey),
      isCa: x509.ca,
      serial: bytesOf(serial).toString("hex"),
      fingerprint: x509.fingerprint256.replaceAll(":", "").toLowerCase(),
      publicKey: publicKeyId(x509.publicKey),
      ...parseExtensions(extensions),
    };
  } catch {
    throw new Error("the certificate is damaged: its content cannot be decoded");
  }
}

type Extensions = Pick<Certificate, "dns" | "ips" | "usages" | "subjectKeyId" | "authorityKeyId">;

/** The content of the extensions of a certificate, or of a request for one. */
export function parseExtensions(list: readonly Der[]): Extensions {
  const values = new Map(list.map((node) => [oidOf(partsOf(node)[0]), valueOf(node)]));
  const names = partsOf(values.get(extensionIds.subjectAltName));
  const keyId = values.get(extensionIds.subjectKeyId);
  const authority = partsOf(values.get(extensionIds.authorityKeyId)).find((node) => isTagged(node, 0));
  return {
    dns: names.filter((node) => isTagged(node, nameTags.dns)).map((node) => bytesOf(node).toString("latin1")),
    ips: names.filter((node) => isTagged(node, nameTags.ip)).map((node) => addressText(bytesOf(node))),
    usages: {
      key: usageWords(values.get(extensionIds.keyUsage)),
      extended: partsOf(values.get(extensionIds.extendedKeyUsage)).map((node) => extendedWord(oidOf(node))),
    },
    ...(keyId && { subjectKeyId: bytesOf(keyId).toString("hex") }),
    ...(authority && { authorityKeyId: bytesOf(authority).toString("hex") }),
  };
}

/** An extension consists of its id, "critical" if it is set, and bytes that hold the value. */
function valueOf(extension: Der): Der {
  const [, second, third] = partsOf(extension);
  return decode(bytesOf(isBoolean(second) ? third : second));
}

function usageWords(node: Der | undefined): string[] {
  const byte = bytesOf(node)[1] ?? 0;
  return keyUsages.filter((_, position) => (byte & (0x80 >> position)) !== 0);
}

const extendedWord = (id: string): string =>
  Object.entries(extendedUsages).find(([, dotted]) => dotted === id)?.[0] ?? id;
