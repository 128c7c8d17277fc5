import { InputError } from "kubeplay";
import { authorities, type Row } from "#cluster/certificate-table.ts";
import { pkiPath, requestPath } from "#cluster/paths.ts";
import { isToRenew } from "#cluster/renewal.ts";
import { rotationOf } from "#cluster/rotation.ts";
import type { Algorithm } from "#engine/pki/algorithm.ts";
import { awaitedCertificates } from "./awaited-certificates.ts";
import { requestedCertificate, type RequestedCertificateProps } from "./requested-certificate.ts";

interface Vars {
  readonly pki_external: readonly string[];
  readonly pki_algorithm: Algorithm;
  readonly pki_ca_days: number;
  readonly pki_leaf_days: number;
  readonly pki_renew_before_days: number;
  readonly renew: string;
}

/** Throws InputError as rotationOf does, and if a CA elsewhere, or one that it issues, is to be rotated. */
export function checkExternal(vars: Parameters<typeof rotationOf>[0] & Pick<Vars, "pki_external">): void {
  const { rotate, drop } = rotationOf(vars);
  const elsewhere = [...rotate, ...drop].filter((name) =>
    authorities.some((row) => row.name === name && (vars.pki_external.includes(name) || isAsked(vars, row))),
  );
  if (elsewhere.length === 0) return;
  const message = `${elsewhere.join(", ")} cannot be rotated: a CA elsewhere issues it (pki_external)`;
  throw new InputError([{ message }]);
}

const isAsked = ({ pki_external }: Pick<Vars, "pki_external">, { ca }: Row): boolean =>
  ca !== undefined && pki_external.includes(ca);

/** The tasks for the certificates of CAs whose keys are elsewhere, and which rows the controller issues by itself. */
export function externalOf({
  cluster,
  rows,
  vars,
}: {
  readonly cluster: string;
  readonly rows: readonly Row[];
  readonly vars: Vars;
}) {
  const certificateAt = (name: string): string => `${pkiPath(cluster, name)}.crt`;
  const requested = rows
    .filter((row) => isAsked(vars, row))
    .map(({ name, ca = "", ...row }) => ({
      name,
      asked: {
        ...row,
        path: certificateAt(name),
        request: requestPath(cluster, name),
        ca: certificateAt(ca),
        algorithm: vars.pki_algorithm,
        ...(row.profile === "ca"
          ? { days: vars.pki_ca_days }
          : {
              days: vars.pki_leaf_days,
              renewBeforeDays: vars.pki_renew_before_days,
              renew: isToRenew(vars.renew, name),
            }),
      } satisfies RequestedCertificateProps,
    }));
  const wait = awaitedCertificates("Wait for the certificates of CAs elsewhere", {
    authorities: vars.pki_external.map(certificateAt),
    certificates: requested.map(({ asked }) => asked),
    folder: requestPath(cluster),
  });
  return {
    isOurs: (row: Row): boolean => !vars.pki_external.includes(row.name) && !isAsked(vars, row),
    tasks:
      vars.pki_external.length === 0
        ? []
        : [...requested.map(({ name, asked }) => requestedCertificate(`Request ${name}`, asked)), wait],
  };
}
