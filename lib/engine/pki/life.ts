import type { Certificate } from "./inspect.ts";

/** A certificate and the days until its end, negative afterwards. */
export interface Remaining {
  readonly certificate: Pick<Certificate, "notBefore" | "notAfter">;
  readonly daysLeft: number;
}

const day = 24 * 3600 * 1000;

/**
 * Whether a certificate has fewer days left than the limit. One that is made for a short life nears its end in the last
 * tenth of it: a certificate for ten days is not near its end when it is new.
 */
export function nearsEnd({ certificate, daysLeft }: Remaining, limit: number): boolean {
  const life = (certificate.notAfter.getTime() - certificate.notBefore.getTime()) / day;
  return daysLeft < Math.min(limit, life / 10);
}

/** "expires on 2027-01-31, in 12 days", "expired on 2026-01-31" */
export function endInWords({ certificate, daysLeft }: Remaining): string {
  const end = certificate.notAfter.toISOString().slice(0, 10);
  return daysLeft <= 0 ? `expired on ${end}` : `expires on ${end}, in ${String(Math.floor(daysLeft))} days`;
}
