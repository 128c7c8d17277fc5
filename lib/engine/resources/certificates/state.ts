import { TaskError } from "../../errors.ts";
import type { KeyInfo } from "../../pki/key.ts";
import type { CertificateState } from "../../queries/certificate-file.ts";
import type { ControllerFileState } from "../../queries/controller-file.ts";
import type { KeyState } from "../../queries/key-file.ts";
import type { Difference } from "../../tasks/resource.ts";

export interface CertificateNow {
  readonly certificate: CertificateState;
  readonly key: KeyState;
  /** Its own again where it is self-signed. */
  readonly ca: CertificateState;
  readonly caKey: KeyState;
  readonly certificateOnDisk: ControllerFileState;
  readonly keyOnDisk: ControllerFileState;
}

export type ReadableCertificate = Extract<CertificateState, { type: "certificate" }>;

export const keyMode = 0o600;
export const octal = (mode: number): string => mode.toString(8).padStart(4, "0");

/** A set of words in one order, for comparison and for people. */
export const listed = (words: readonly string[]): string =>
  words.length === 0 ? "none" : [...words].sort().join(", ");

/** What is wrong with a file that should hold a certificate or a key. */
export const describeState = (state: { readonly type: string; readonly reason?: string }): string =>
  state.type === "unreadable" ? `unreadable (${state.reason ?? ""})` : state.type;

/** The certificate that shall sign, or an error that says why it cannot. */
export function issuerOf({ ca, caKey }: CertificateNow, path: string, caPath: string): ReadableCertificate {
  const fail = (what: string): never => {
    throw new TaskError(`${path}: its CA, ${caPath}, ${what}`);
  };
  if (ca.type !== "certificate")
    return fail(`is ${describeState(ca)}: a CA is made before the certificates that it issues`);
  if (!ca.certificate.isCa) return fail("is not a CA's certificate");
  if (ca.daysLeft <= 0) return fail(`ended on ${dateInWords(ca.certificate.notAfter)}; it can issue nothing any more`);
  if (caKey.type !== "key") return fail(`has no usable key: the key is ${describeState(caKey)}. ${restore(caPath)}`);
  if (!belongs(caKey.key, ca)) return fail(`and its key do not belong together. ${restore(caPath)}`);
  return ca;
}

export const belongs = (key: KeyInfo, { certificate }: ReadableCertificate): boolean =>
  key.publicKey === certificate.publicKey;

export const dateInWords = (date: Date): string => date.toISOString().slice(0, 10);

/** Others could read the key, or its owner cannot write it: what was issued stays good. */
export const modeDifference = (key: KeyState): Difference[] =>
  key.type === "key" && key.mode !== keyMode
    ? [{ what: "mode of the key", before: octal(key.mode), after: octal(keyMode) }]
    : [];

/** What a person does about a CA that is not whole any more. */
export const restore = (path: string): string =>
  `Put the CA's certificate and key back from a backup; or, to begin with a new CA, move ${path} and its key away: ` +
  `everything it issued is then issued anew, and until every host has it, components do not trust each other.`;
