import { TaskError } from "../../errors.ts";
import { nameInWords } from "../../pki/name.ts";
import { issuerFault } from "../../pki/verify.ts";
import {
  belongs,
  dateInWords,
  describeState,
  issuerOf,
  modeDifference,
  restore,
  type CertificateNow,
  type ReadableCertificate,
} from "./state.ts";
import type { Difference } from "../../tasks/resource.ts";
import type { WantedCertificate } from "./wanted-certificate.ts";

/** The certificate is there, its key is not, and it is said what to do about that. */
const isKeyLost = ({ certificate, key }: CertificateNow, { withoutKey }: WantedCertificate): boolean =>
  withoutKey !== undefined && certificate.type === "certificate" && key.type === "absent";

/** A missing CA is made. An existing one is never replaced: a CA that no longer fits is an error. */
export function authorityDifferences(now: CertificateNow, wanted: WantedCertificate): Difference[] {
  const { certificate, key } = now;
  if (certificate.type === "absent") return missing(now, wanted);
  if (certificate.type === "unreadable") throw refusal(wanted, `its certificate is ${describeState(certificate)}`);
  if (key.type !== "key" && !isKeyLost(now, wanted))
    throw refusal(wanted, `its key is ${describeState(key)}, while its certificate is there`);
  const fault = misfit(now, certificate, wanted);
  if (fault !== undefined) throw refusal(wanted, fault);
  if (key.type !== "key") return [];
  if (!belongs(key.key, certificate)) throw refusal(wanted, "its certificate and its key do not belong together");
  return modeDifference(key);
}

function missing(now: CertificateNow, wanted: WantedCertificate): Difference[] {
  const { key } = now;
  if (wanted.ca !== undefined) issuerOf(now, wanted.path, wanted.ca);
  if (key.type === "unreadable") throw refusal(wanted, `its certificate is absent and its key ${describeState(key)}`);
  if (key.type === "key" && key.key.algorithm !== wanted.algorithm)
    throw refusal(wanted, `its certificate is absent, and its key is ${key.key.algorithm}, not ${wanted.algorithm}`);
  // A key without its certificate: a run was killed between the two, or the file was lost. The key is kept, so
  // everything that it signed stays valid.
  const after = key.type === "key" ? `${nameInWords(wanted)}, for the key that is there` : nameInWords(wanted);
  return [{ what: "certificate", before: "absent", after }];
}

function misfit(
  now: CertificateNow,
  { certificate }: ReadableCertificate,
  wanted: WantedCertificate,
): string | undefined {
  if (!certificate.isCa) return "it is not a CA's certificate";
  const [current, desired] = [nameInWords(certificate), nameInWords(wanted)];
  if (current !== desired) return `its subject is ${current}, and the configuration says ${desired}`;
  if (certificate.algorithm !== wanted.algorithm)
    return `its key is ${certificate.algorithm}, and the configuration says ${wanted.algorithm}`;
  const issuer = wanted.ca === undefined ? certificate : now.ca.type === "certificate" ? now.ca.certificate : undefined;
  if (!issuer) return `its own CA, ${wanted.ca ?? ""}, is ${describeState(now.ca)}`;
  const fault = issuerFault(certificate, issuer);
  return fault && `${fault}, and the configuration says ${wanted.ca ?? "self-signed"}`;
}

const refusal = (wanted: WantedCertificate, fault: string): TaskError =>
  new TaskError(`The CA ${wanted.path} is never replaced automatically: ${fault}. ${restore(wanted.path)}`);

/** The warnings about a CA without its key or near its end. It is not replaced: a new CA needs a plan, not a task. */
export function authorityWarnings(now: CertificateNow, wanted: WantedCertificate): string[] {
  const lost = isKeyLost(now, wanted)
    ? [`The key of the CA ${wanted.path} is lost, so it can issue nothing: ${wanted.withoutKey ?? ""}.`]
    : [];
  return [...lost, ...endWarnings(now, wanted)];
}

function endWarnings({ certificate }: CertificateNow, wanted: WantedCertificate): string[] {
  if (certificate.type !== "certificate" || certificate.daysLeft >= wanted.renewBeforeDays) return [];
  const { notAfter } = certificate.certificate;
  const end = dateInWords(notAfter);
  return [
    certificate.daysLeft <= 0
      ? `The CA ${wanted.path} expired on ${end}: nothing that it issued is accepted any more. Begin with a new CA.`
      : `The CA ${wanted.path} expires on ${end}, in ${Math.floor(certificate.daysLeft)} days, and so does all that it issues: plan a new CA.`,
  ];
}
