import type { queries } from "kubeplay";
import { endInWords } from "#engine/pki/life.ts";
import { nameInWords } from "#engine/pki/name.ts";
import { usagesOf } from "#engine/pki/profile.ts";
import { issuerFault } from "#engine/pki/verify.ts";
import type { KeyState } from "#engine/queries/key-file.ts";
import { belongs, describeState } from "#engine/resources/certificates/state.ts";
import {
  wantedCertificate,
  type CertificateProps,
  type WantedCertificate,
} from "#engine/resources/certificates/wanted-certificate.ts";

/** What is asked of a CA elsewhere. */
export interface Asked extends Omit<CertificateProps, "state" | "crossSigned" | "withoutKey"> {
  readonly ca: string;
}

/** A certificate, its key, and the CA that is to issue it. */
export interface Pair {
  readonly certificate: queries.CertificateState;
  readonly key: KeyState;
  readonly ca: queries.CertificateState;
}

export const wantedOf = (p: Asked): WantedCertificate => wantedCertificate(p);

/**
 * Why a certificate cannot be used as what is asked for; empty if it can. A CA elsewhere may add names and usages of its
 * own, but neither another subject nor another purpose.
 */
export function faultsOf({ certificate: is, key, ca }: Pair, p: Asked): string[] {
  if (is.type !== "certificate") return [`the certificate is ${describeState(is)}`];
  const { certificate } = is;
  const wanted = wantedOf(p);
  const usages = usagesOf(wanted.profile, wanted.algorithm);
  const lacks = (what: string, has: readonly string[], wants: readonly string[]) =>
    wants.filter((one) => !has.includes(one)).map((one) => `it lacks the ${what} ${one}`);
  const subject = nameInWords(certificate);
  const isSubject = subject === nameInWords(wanted);
  const fault = ca.type === "certificate" ? issuerFault(certificate, ca.certificate) : undefined;
  return [
    ...(key.type !== "key" ? [`its key is ${describeState(key)}`] : []),
    ...(key.type === "key" && !belongs(key.key, is) ? ["it is for another key"] : []),
    ...(isSubject ? [] : [`its subject is ${subject}, expected ${nameInWords(wanted)}`]),
    ...lacks(
      "DNS name",
      certificate.dns.map((name) => name.toLowerCase()),
      wanted.dns,
    ),
    ...lacks("IP address", certificate.ips, wanted.ips),
    ...lacks("usage", certificate.usages.key, usages.key),
    ...lacks("usage", certificate.usages.extended, usages.extended),
    ...(certificate.algorithm === wanted.algorithm
      ? []
      : [`its key is ${certificate.algorithm}, expected ${wanted.algorithm}`]),
    ...(certificate.isCa === (wanted.profile === "ca")
      ? []
      : [certificate.isCa ? "it is a CA's certificate" : "it is no CA's certificate"]),
    ...(fault === undefined ? [] : [`it is ${fault}, expected by ${p.ca}`]),
    ...(is.daysLeft <= 0 ? [`it ${endInWords(is)}`] : []),
  ];
}

const day = 24 * 3600 * 1000;
const startOfProgram = performance.timeOrigin;

/** The paths of certificates that this program has put in place: their renewal is done, whenever they were issued. */
export const renewed = new Set<string>();

/**
 * Whether to ask for another one although this one can be used: fewer days are left than configured, or than a third of
 * its life if the CA gives a short one; or its renewal is asked for.
 */
export function isDue({ certificate: is }: Pair, p: Asked): boolean {
  if (is.type !== "certificate") return false;
  const { renewBeforeDays, renew } = wantedOf(p);
  const life = (is.certificate.notAfter.getTime() - is.certificate.notBefore.getTime()) / day;
  return (
    is.daysLeft < Math.min(renewBeforeDays, life / 3) ||
    (renew && !renewed.has(p.path) && is.certificate.notBefore.getTime() < startOfProgram)
  );
}
