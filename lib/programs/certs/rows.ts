import type { Certificate } from "#engine/pki/inspect.ts";
import { nearsEnd } from "#engine/pki/life.ts";
import { nameInWords } from "#engine/pki/name.ts";
import { usersOf } from "./uses.ts";

/** A certificate in a file. */
export interface Found {
  /** "controller", or the name of a host. */
  readonly at: string;
  readonly path: string;
  /** Such as "cp-1/etcd-server" or "admin"; the first name of a certificate counts. */
  readonly name: string;
  readonly certificate: Certificate;
}

/** One certificate, however many copies it has. */
export interface CertificateRow {
  readonly name: string;
  readonly subject: string;
  /** The names and addresses that it is valid for. */
  readonly sans: readonly string[];
  /** The common name of its CA; its own if it is self-signed. */
  readonly ca: string;
  readonly isCa: boolean;
  /** ISO 8601. */
  readonly notAfter: string;
  /** Whole days, negative after the end. */
  readonly daysLeft: number;
  /** Below the limit, or past its end. */
  readonly nearsEnd: boolean;
  readonly usedBy: string;
  /** "controller:/path" or "host:/path". */
  readonly files: readonly string[];
  /** Whether the controller has it. Kubelets make their own; any other is a copy that the next run replaces. */
  readonly onController: boolean;
  /** SHA-256, in hex. */
  readonly fingerprint: string;
}

const day = 24 * 3600 * 1000;

/** Days below which a certificate counts; the variable's are fewer for certificates with a short life. */
export interface Limit {
  readonly days: number;
  readonly exact: boolean;
}

function isNear(certificate: Certificate, daysLeft: number, { days, exact }: Limit): boolean {
  return exact ? daysLeft < days : nearsEnd({ certificate, daysLeft }, days);
}

/** One row for each certificate: CAs first, then those that end first. */
export function rowsOf(found: readonly Found[], limit: Limit, now = Date.now()): CertificateRow[] {
  const byFingerprint = new Map<string, Found[]>();
  for (const one of found) {
    const { fingerprint } = one.certificate;
    byFingerprint.set(fingerprint, [...(byFingerprint.get(fingerprint) ?? []), one]);
  }
  const rows = [...byFingerprint.values()].flatMap((copies) => {
    const [first] = copies;
    return first ? [rowOf(first, copies, limit, now)] : [];
  });
  const order = (one: CertificateRow): number => (one.isCa ? 0 : 1);
  return rows.sort((a, b) => order(a) - order(b) || a.daysLeft - b.daysLeft || a.name.localeCompare(b.name));
}

function rowOf({ name, certificate }: Found, copies: readonly Found[], limit: Limit, now: number): CertificateRow {
  const daysLeft = (certificate.notAfter.getTime() - now) / day;
  return {
    name,
    subject: nameInWords(certificate),
    sans: [...certificate.dns, ...certificate.ips],
    ca: certificate.issuer.commonName,
    isCa: certificate.isCa,
    notAfter: certificate.notAfter.toISOString(),
    daysLeft: Math.floor(daysLeft),
    nearsEnd: daysLeft <= 0 || isNear(certificate, daysLeft, limit),
    usedBy: usersOf(name),
    files: copies.map(({ at, path }) => `${at}:${path}`),
    onController: copies.some(({ at }) => at === "controller"),
    fingerprint: certificate.fingerprint,
  };
}
