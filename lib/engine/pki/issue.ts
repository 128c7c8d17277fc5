import { randomBytes, sign, X509Certificate, type KeyObject } from "node:crypto";
import { TaskError } from "../errors.ts";
import { algorithmOf, signatureOf } from "./algorithm.ts";
import { bits, decode, encode, integer, sequence, small, tagged, time } from "./der.ts";
import { extensions } from "./extensions.ts";
import type { Certificate } from "./inspect.ts";
import { keyIdOf, publicKeyId, spki } from "./key.ts";
import { encodeName, nameInWords, type Name } from "./name.ts";
import { toPem } from "./pem.ts";
import { usagesOf, type Profile } from "./profile.ts";
import { structureOf } from "./structure.ts";

export interface Issuer {
  readonly certificate: Certificate;
  readonly key: KeyObject;
}

export interface IssueOptions extends Name {
  readonly profile: Profile;
  readonly dns: readonly string[];
  readonly ips: readonly string[];
  readonly days: number;
  /** The subject's own private key. */
  readonly key: KeyObject;
  /** Self-signed if absent. */
  readonly issuer?: Issuer;
  readonly now?: Date;
}

const day = 24 * 3600 * 1000;
/** A host whose clock is a little behind still accepts a certificate that was made just now. */
const backdated = 5 * 60 * 1000;

/** When a certificate that was issued here was made, to the second. */
export const issuedAt = ({ notBefore }: Pick<Certificate, "notBefore">): Date =>
  new Date(notBefore.getTime() + backdated);

/** A signed certificate as PEM. It never outlives its issuer. Throws TaskError if the issuer cannot sign. */
export function issue(options: IssueOptions): string {
  const { profile, key, issuer, now = new Date() } = options;
  if (issuer) checkIssuer(issuer);
  const signingKey = issuer?.key ?? key;
  const signature = signatureOf(signingKey);
  const subject = encodeName(options);
  const subjectKeyId = keyIdOf(key);
  const issuerKeyId = issuer?.certificate.subjectKeyId;
  const wishedEnd = now.getTime() + options.days * day;
  const tbs = sequence(
    tagged(0, small(2)),
    integer(newSerial()),
    signature.identifier(),
    issuer ? structureOf(new X509Certificate(issuer.certificate.pem).raw).subject : subject,
    sequence(
      time(new Date(now.getTime() - backdated)),
      time(new Date(Math.min(wishedEnd, issuer?.certificate.notAfter.getTime() ?? wishedEnd))),
    ),
    subject,
    decode(spki(key)),
    extensions({
      isCa: profile === "ca",
      isIntermediate: issuer !== undefined,
      usages: usagesOf(profile, algorithmOf(key)),
      dns: options.dns,
      ips: options.ips,
      subjectKeyId,
      authorityKeyId: issuerKeyId === undefined ? keyIdOf(signingKey) : Buffer.from(issuerKeyId, "hex"),
    }),
  );
  const signed = sign(signature.hash, encode(tbs), signingKey);
  return toPem(encode(sequence(tbs, signature.identifier(), bits(signed))));
}

function checkIssuer({ certificate, key }: Issuer): void {
  const name = nameInWords(certificate);
  if (!certificate.isCa) throw new TaskError(`${name} is not a CA: it cannot issue certificates`);
  if (certificate.publicKey !== publicKeyId(key)) throw new TaskError(`The key does not belong to the CA ${name}`);
}

/** 16 random bytes that are a positive number in its shortest form: the first bit 0, the second 1. */
function newSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}
