import { endInWords, nearsEnd } from "../../pki/life.ts";
import type { Certificate } from "../../pki/inspect.ts";
import { nameInWords } from "../../pki/name.ts";
import { usagesOf } from "../../pki/profile.ts";
import { issuedAt } from "../../pki/issue.ts";
import { issuerFault } from "../../pki/verify.ts";
import {
  belongs,
  dateInWords,
  describeState,
  issuerOf,
  listed,
  modeDifference,
  type CertificateNow,
  type ReadableCertificate,
} from "./state.ts";
import type { CertificateState } from "../../queries/certificate-file.ts";
import { differences, type Difference } from "../../tasks/resource.ts";
import type { WantedCertificate } from "./wanted-certificate.ts";

/** Every reason to issue a leaf again; empty if nothing changed. */
export function leafDifferences(now: CertificateNow, wanted: WantedCertificate): Difference[] {
  const reasons = reissueReasons(now, wanted);
  if (reasons.length === 0) return modeDifference(now.key);
  if (mustStay(now, wanted)) return modeDifference(now.key);
  // Fails before anything is done if the CA cannot sign.
  if (wanted.ca !== undefined) issuerOf(now, wanted.path, wanted.ca, wanted.withoutKey);
  return reasons;
}

/** Its CA has lost its key, and it is known what to do: until then, a certificate with its key is better than none. */
const mustStay = (
  { certificate, key, ca, caKey }: CertificateNow,
  { withoutKey, renew, ...wanted }: WantedCertificate,
) =>
  withoutKey !== undefined &&
  !renew &&
  wanted.ca !== undefined &&
  ca.type === "certificate" &&
  caKey.type === "absent" &&
  certificate.type === "certificate" &&
  key.type === "key" &&
  belongs(key.key, certificate);

function reissueReasons(now: CertificateNow, wanted: WantedCertificate): Difference[] {
  const { certificate, key } = now;
  if (certificate.type !== "certificate")
    return [{ what: "certificate", before: describeState(certificate), after: nameInWords(wanted) }];
  if (key.type !== "key") return [{ what: "key", before: describeState(key), after: "a new pair" }];
  return [
    ...(belongs(key.key, certificate)
      ? []
      : [{ what: "key", before: "does not belong to the certificate", after: "a new pair" }]),
    ...contentDifferences(certificate, wanted),
    ...issuerDifference(now, certificate, wanted),
    ...(wanted.renew ? renewalDifference(certificate) : []),
    ...lifeDifference(now, certificate, wanted),
  ];
}

/** Certificates have whole seconds. */
const startOfProgram = Math.floor(performance.timeOrigin / 1000) * 1000;

/** A renewal is due once: a certificate that this program has issued is new. */
const renewalDifference = ({ certificate }: ReadableCertificate): Difference[] =>
  issuedAt(certificate).getTime() >= startOfProgram
    ? []
    : [{ what: "renewal", before: `valid until ${dateInWords(certificate.notAfter)}`, after: "a new pair" }];

function contentDifferences({ certificate: is }: ReadableCertificate, wanted: WantedCertificate): Difference[] {
  const usages = usagesOf(wanted.profile, wanted.algorithm);
  return differences({
    "common name": [is.commonName, wanted.commonName],
    organizations: [listed(is.organizations), listed(wanted.organizations)],
    "DNS names": [listed(is.dns.map((name) => name.toLowerCase())), listed(wanted.dns)],
    "IP addresses": [listed(is.ips), listed(wanted.ips)],
    algorithm: [is.algorithm, wanted.algorithm],
    usages: [listed([...is.usages.key, ...is.usages.extended]), listed([...usages.key, ...usages.extended])],
    "is a CA": [is.isCa, false],
  });
}

function issuerDifference(now: CertificateNow, { certificate, chain }: ReadableCertificate, wanted: WantedCertificate) {
  const issuer = wanted.ca === undefined ? undefined : now.ca;
  if (issuer && issuer.type !== "certificate")
    return [{ what: "issuer", before: nameInWords(certificate.issuer), after: wanted.ca }];
  const fault = issuerFault(certificate, issuer?.certificate ?? certificate);
  if (fault !== undefined)
    return [{ what: "issuer", before: fault, after: issuer ? nameInWords(issuer.certificate) : "self-signed" }];
  const current = chain.map(({ fingerprint }) => fingerprint).join();
  const desired = chainOf(issuer, now.crossSigned);
  return current === desired.map(({ fingerprint }) => fingerprint).join()
    ? []
    : [{ what: "chain", before: chain.map(nameInWords), after: desired.map(nameInWords) }];
}

/**
 * The certificates in a leaf's file that lead to a root: its issuer and that one's chain, if it is an intermediate, or
 * the issuer as its predecessor signed it.
 */
export function chainOf(issuer: ReadableCertificate | undefined, crossSigned?: CertificateState): Certificate[] {
  if (!issuer) return [];
  if (!issuer.certificate.selfSigned) return [issuer.certificate, ...issuer.chain];
  const isIts =
    crossSigned?.type === "certificate" && crossSigned.certificate.publicKey === issuer.certificate.publicKey;
  return isIts ? [crossSigned.certificate] : [];
}

/**
 * A difference if the certificate expires soon and a new one would last longer: near the end of its CA it would not.
 */
function lifeDifference(
  { ca }: CertificateNow,
  { daysLeft }: ReadableCertificate,
  wanted: WantedCertificate,
): Difference[] {
  const longest =
    wanted.ca === undefined || ca.type !== "certificate" ? wanted.days : Math.min(wanted.days, ca.daysLeft);
  if (daysLeft >= wanted.renewBeforeDays || (longest < daysLeft + 1 && daysLeft > 0)) return [];
  return [{ what: "days left", before: Math.floor(daysLeft), after: Math.floor(longest), desired: wanted.days }];
}

function stayWarnings(now: CertificateNow, wanted: WantedCertificate): string[] {
  const reasons = reissueReasons(now, wanted);
  if (reasons.length === 0) return [];
  const why = reasons.map(({ what }) => what).join(", ");
  return [`The certificate ${wanted.path} stays although it no longer fits (${why}): its CA has lost its key.`];
}

/** The warning about a leaf that nears its end and is not issued again, because a new one would end as soon. */
export function leafWarnings(now: CertificateNow, wanted: WantedCertificate): string[] {
  const { certificate: is } = now;
  if (mustStay(now, wanted)) return stayWarnings(now, wanted);
  if (is.type !== "certificate" || !nearsEnd(is, wanted.warnBeforeDays)) return [];
  if (lifeDifference(now, is, wanted).length > 0 || wanted.renew) return [];
  const why =
    is.daysLeft >= wanted.renewBeforeDays
      ? `it is renewed only with fewer than ${wanted.renewBeforeDays} days left`
      : `its CA, ${wanted.ca ?? "itself"}, ends as soon: plan a new CA`;
  return [`The certificate ${wanted.path} ${endInWords(is)}: ${why}.`];
}
