import { InputError } from "kubeplay";
import { didYouMean } from "#engine/schema/nearest.ts";
import { certificatesOfAddons, namesToRenew } from "#cluster/renewal.ts";
import type { Row } from "#cluster/certificate-table.ts";

/** Throws InputError if the variable `renew` names something other than leaves. */
export function checkRenewal(renew: string, rows: readonly Row[]): void {
  const isAuthority = ({ profile }: Row): boolean => profile === "ca";
  const cas = rows.filter(isAuthority).map(({ name }) => name);
  const known = [...rows.filter((row) => !isAuthority(row)).map(({ name }) => name), ...certificatesOfAddons];
  const problems = namesToRenew(renew)
    .filter((name) => name !== "all" && !known.includes(name))
    .map((name) => ({
      message: cas.includes(name)
        ? `renew: ${name} is a CA. A renewal is for the certificates that CAs issue; expected all, or names of npm run certs`
        : `renew: there is no certificate "${name}"${didYouMean(name, known)}; expected all, or names of npm run certs`,
    }));
  if (problems.length > 0) throw new InputError(problems);
}
