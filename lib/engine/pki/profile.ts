/** The purposes of a certificate; a peer is server and client at once. */
export const profiles = ["ca", "server", "client", "peer"] as const;
export type Profile = (typeof profiles)[number];

/** The names in a certificate's two usage extensions, ordered as in `openssl x509 -text` and RFC 5280. */
export const keyUsages = [
  "digital signature",
  "content commitment",
  "key encipherment",
  "data encipherment",
  "key agreement",
  "certificate sign",
  "CRL sign",
] as const;
export type KeyUsage = (typeof keyUsages)[number];

export const extendedUsages = { "server auth": "1.3.6.1.5.5.7.3.1", "client auth": "1.3.6.1.5.5.7.3.2" } as const;
export type ExtendedUsage = keyof typeof extendedUsages;

export interface Usages {
  readonly key: readonly KeyUsage[];
  readonly extended: readonly ExtendedUsage[];
}

/** The usages of a profile; only RSA keys can encipher. */
export function usagesOf(profile: Profile, algorithm: string): Usages {
  if (profile === "ca") return { key: ["digital signature", "certificate sign", "CRL sign"], extended: [] };
  const key: KeyUsage[] = ["digital signature"];
  if (algorithm.startsWith("rsa-")) key.push("key encipherment");
  const extended: Record<typeof profile, ExtendedUsage[]> = {
    server: ["server auth"],
    client: ["client auth"],
    peer: ["server auth", "client auth"],
  };
  return { key, extended: extended[profile] };
}
