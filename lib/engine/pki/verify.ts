import { X509Certificate } from "node:crypto";
import type { Certificate } from "./inspect.ts";
import { nameInWords } from "./name.ts";
import type { KeyInfo } from "./key.ts";

/** Whether a private key belongs to a certificate. */
export const verifyPair = (certificate: Certificate, key: KeyInfo): boolean => certificate.publicKey === key.publicKey;

/** Why a CA is not a certificate's issuer; undefined if it is. Dates are not checked. */
export function issuerFault(certificate: Certificate, ca: Certificate): string | undefined {
  const named = nameInWords(certificate.issuer);
  if (named !== nameInWords(ca)) return `issued by ${named}`;
  const { authorityKeyId } = certificate;
  if (authorityKeyId !== undefined && ca.subjectKeyId !== undefined && authorityKeyId !== ca.subjectKeyId)
    return `issued by another CA with the name ${named}`;
  return verifies(certificate, ca) ? undefined : `not signed by ${named}`;
}

const verified = new Map<string, boolean>();

/** A signature is checked once: neither of the two texts can change under the same fingerprint. */
function verifies(certificate: Certificate, ca: Certificate): boolean {
  const id = `${certificate.fingerprint} ${ca.fingerprint}`;
  const known = verified.get(id);
  if (known !== undefined) return known;
  // A self-signed leaf is the issuer of itself only.
  const mayIssue = ca.isCa || certificate.fingerprint === ca.fingerprint;
  const holds = mayIssue && new X509Certificate(certificate.pem).verify(new X509Certificate(ca.pem).publicKey);
  verified.set(id, holds);
  return holds;
}
