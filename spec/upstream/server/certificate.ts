import { writeFile } from "node:fs/promises";
import { inspect } from "#engine/pki/inspect.ts";
import { issue } from "#engine/pki/issue.ts";
import { newKey, privatePem } from "#engine/pki/key.ts";

export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** A certificate for all of these hosts, of a certificate authority whose certificate is written to `caFile`. */
export async function identityFor(
  dns: readonly string[],
  caFile: string,
  ips: readonly string[] = ["127.0.0.1"],
): Promise<Identity> {
  const [caKey, key] = await Promise.all([newKey("ecdsa-p256"), newKey("ecdsa-p256")]);
  const common = { days: 1, ips: [...ips], organizations: [] };
  const ca = issue({ ...common, commonName: "fake upstream", profile: "ca", dns: [], key: caKey });
  await writeFile(caFile, ca);
  const issuer = { certificate: inspect(ca), key: caKey };
  const cert = issue({ ...common, commonName: "fake upstream server", profile: "server", dns, key, issuer });
  return { cert, key: privatePem(key) };
}
