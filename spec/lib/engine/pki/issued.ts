import type { KeyObject } from "node:crypto";
import type { Algorithm } from "#engine/pki/algorithm.ts";
import { inspect, type Certificate } from "#engine/pki/inspect.ts";
import { issue, type IssueOptions, type Issuer } from "#engine/pki/issue.ts";
import { newKey, privatePem } from "#engine/pki/key.ts";

export interface Issued {
  readonly certificate: Certificate;
  readonly key: KeyObject;
  readonly pem: string;
  readonly keyPem: string;
}

/** A certificate with a key of its own; by default a client certificate for a year. */
export async function issued(
  commonName: string,
  options: Partial<IssueOptions> & { readonly algorithm?: Algorithm } = {},
): Promise<Issued> {
  const { algorithm = "ecdsa-p256", ...rest } = options;
  const key = rest.key ?? (await newKey(algorithm));
  const pem = issue({ profile: "client", organizations: [], dns: [], ips: [], days: 365, commonName, key, ...rest });
  return { certificate: inspect(pem), key, pem, keyPem: privatePem(key) };
}

export const authority = (commonName: string, options: Parameters<typeof issued>[1] = {}): Promise<Issued> =>
  issued(commonName, { profile: "ca", days: 3650, ...options });

export const by = ({ certificate, key }: Issued): { readonly issuer: Issuer } => ({ issuer: { certificate, key } });
