import { TaskError } from "../../errors.ts";
import type { KeyInfo } from "../../pki/key.ts";
import type { CertificateState } from "../../queries/certificate-file.ts";
import type { ControllerFileState } from "../../queries/controller-file.ts";
import type { KeyState } from "../../queries/key-file.ts";
import type { Difference } from "../../tasks/resource.ts";

export interface CertificateNow {
  readonly certificate: CertificateState;
  readonly key: KeyState;
  /** The certificate itself if it is self-signed. */
  readonly ca: CertificateState;
  readonly caKey: KeyState;
  /** The CA's certificate that its predecessor signed. */
  readonly crossSigned?: CertificateState;
  readonly certificateOnDisk: ControllerFileState;
  readonly keyOnDisk: ControllerFileState;
}

export type ReadableCertificate = Extract<CertificateState, { type: "certificate" }>;

export const keyMode = 0o600;
export const octal = (mode: number): string => mode.toString(8).padStart(4, "0");

/** A set of words in a fixed order, for comparison and for display. */
export const listed = (words: readonly string[]): string =>
  words.length === 0 ? "none" : [...words].sort().join(", ");

/** Describes the state of a file that should hold a certificate or a key. */
export const describeState = (state: { readonly type: string; readonly reason?: string }): string =>
  state.type === "unreadable" ? `unreadable (${state.reason ?? ""})` : state.type;

/** The CA's certificate. Throws TaskError, with the reason, if the CA cannot sign. */
export function issuerOf(
  { ca, caKey }: CertificateNow,
  path: string,
  caPath: string,
  withoutKey?: string,
): ReadableCertificate {
  const fail = (what: string): never => {
    throw new TaskError(`${path}: its CA, ${caPath}, ${what}`);
  };
  if (ca.type !== "certificate")
    return fail(`is ${describeState(ca)}: make a CA before the certificates that it issues`);
  if (!ca.certificate.isCa) return fail("is not a CA's certificate");
  if (ca.daysLeft <= 0)
    return fail(`expired on ${dateInWords(ca.certificate.notAfter)}; it can issue nothing any more`);
  if (caKey.type === "absent" && withoutKey !== undefined) return fail(`has lost its key: ${withoutKey}`);
  if (caKey.type !== "key") return fail(`has no usable key: the key is ${describeState(caKey)}. ${restore(caPath)}`);
  if (!belongs(caKey.key, ca)) return fail(`and its key do not belong together. ${restore(caPath)}`);
  return ca;
}

export const belongs = (key: KeyInfo, { certificate }: ReadableCertificate): boolean =>
  key.publicKey === certificate.publicKey;

export const dateInWords = (date: Date): string => date.toISOString().slice(0, 10);

/** The difference if the key's file has another mode. The certificate stays valid. */
export const modeDifference = (key: KeyState): Difference[] =>
  key.type === "key" && key.mode !== keyMode
    ? [{ what: "mode of the key", before: octal(key.mode), after: octal(keyMode) }]
    : [];

/** The remedy for an incomplete or damaged CA. */
export const restore = (path: string): string =>
  `Restore the CA's certificate and key from a backup; or, to begin with a new CA, move ${path} and its key away: ` +
  `everything it issued is then issued again, and components do not trust each other until every host has it.`;
