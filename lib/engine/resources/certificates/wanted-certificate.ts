import { TaskError } from "../../errors.ts";
import { canonicalAddress } from "../../pki/address.ts";
import type { Algorithm } from "../../pki/algorithm.ts";
import type { Name } from "../../pki/name.ts";
import type { Profile } from "../../pki/profile.ts";

/** The properties of `certificate`. */
export interface CertificateProps {
  /** Absolute path on the controller, …/x.crt; its key is beside it, …/x.key. */
  readonly path: string;
  /** Determines the usages; "peer" is server and client at once. */
  readonly profile: Profile;
  readonly commonName: string;
  readonly organizations?: readonly string[];
  /** DNS names that it is valid for; `*.` as the first label is allowed. */
  readonly dns?: readonly string[];
  /** IPv4 and IPv6 addresses that it is valid for. */
  readonly ips?: readonly string[];
  /** The path of the certificate of the issuing CA; self-signed if absent. */
  readonly ca?: string;
  /**
   * The path of a certificate of the issuing CA that its predecessor signed, if there is one: it follows the leaf in its
   * file, so that those who trust only the predecessor accept the leaf too.
   */
  readonly crossSigned?: string;
  /** ecdsa-p256 by default. */
  readonly algorithm?: Algorithm;
  /** Validity in days: 365 by default, 3650 for a CA. Never longer than the CA's. */
  readonly days?: number;
  /** A certificate with fewer days left is issued again, a CA is reported: 90 by default, 365 for a CA. */
  readonly renewBeforeDays?: number;
  /** A leaf that is not issued again is reported if it has fewer days left: 30 by default. */
  readonly warnBeforeDays?: number;
  /** A leaf is issued again, with a new key, unless this program has done so since it started. */
  readonly renew?: boolean;
  /**
   * What to do if the CA's key is lost. A CA then stays without its key, and so does what it has issued, with a warning
   * that ends with this: "replace the CA by …". Without it, a CA without its key is an error.
   */
  readonly withoutKey?: string;
  /** "absent" removes the certificate and its key; it is refused for a CA. */
  readonly state?: "present" | "absent";
}

/** The properties with all defaults filled in, and one spelling for each name and address. */
export interface WantedCertificate extends Name {
  readonly path: string;
  readonly profile: Profile;
  readonly dns: readonly string[];
  readonly ips: readonly string[];
  readonly ca?: string;
  readonly algorithm: Algorithm;
  readonly days: number;
  readonly renewBeforeDays: number;
  readonly warnBeforeDays: number;
  readonly renew: boolean;
  readonly withoutKey?: string;
}

const dnsName = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*$/;

/** Fills in the defaults. Throws TaskError for an invalid property. */
export function wantedCertificate(p: CertificateProps): WantedCertificate {
  const isCa = p.profile === "ca";
  const { days = isCa ? 3650 : 365, renewBeforeDays = isCa ? 365 : 90 } = p;
  if (!isCa && renewBeforeDays >= days)
    throw new TaskError(
      `${p.path}: a certificate for ${days} days cannot be renewed ${renewBeforeDays} days before its end: every run would issue it again`,
    );
  const dns = (p.dns ?? []).map((name) => name.toLowerCase());
  const wrong = dns.find((name) => !dnsName.test(name));
  if (wrong !== undefined) throw new TaskError(`${p.path}: ${JSON.stringify(wrong)} is not a DNS name`);
  return {
    path: p.path,
    profile: p.profile,
    commonName: p.commonName,
    organizations: p.organizations ?? [],
    dns: [...new Set(dns)],
    ips: [...new Set((p.ips ?? []).map((ip) => address(p.path, ip)))],
    ...(p.ca !== undefined && { ca: p.ca }),
    algorithm: p.algorithm ?? "ecdsa-p256",
    days,
    renewBeforeDays,
    warnBeforeDays: p.warnBeforeDays ?? 30,
    renew: p.renew ?? false,
    ...(p.withoutKey !== undefined && { withoutKey: p.withoutKey }),
  };
}

function address(path: string, ip: string): string {
  try {
    return canonicalAddress(ip);
  } catch (error) {
    throw new TaskError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
