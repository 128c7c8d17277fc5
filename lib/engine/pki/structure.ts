import { decode, isTagged, partsOf, type Der } from "./der.ts";

/** The named parts of an encoded certificate: RFC 5280 §4.1. */
export interface Structure {
  readonly serial: Der;
  readonly issuer: Der;
  readonly notBefore: Der;
  readonly notAfter: Der;
  readonly subject: Der;
  readonly extensions: readonly Der[];
}

/** Throws an Error if the bytes are not a certificate. */
export function structureOf(der: Uint8Array): Structure {
  const [tbs] = partsOf(decode(der));
  const fields = [...partsOf(tbs)];
  if (fields[0] && isTagged(fields[0], 0)) fields.shift();
  const [serial, , issuer, validity, subject] = fields;
  const [notBefore, notAfter] = partsOf(validity);
  if (!serial || !issuer || !subject || !notBefore || !notAfter) throw new Error("not an X.509 certificate");
  const wrapped = fields.find((field) => isTagged(field, 3));
  return { serial, issuer, notBefore, notAfter, subject, extensions: partsOf(partsOf(wrapped)[0]) };
}
