import path from "node:path";
import { defineResource, type Difference, keyPathOf, queries, TaskError } from "kubeplay";
import type { Query } from "#engine/queries/define.ts";
import { keyFile, type KeyState } from "#engine/queries/key-file.ts";
import { describeState } from "#engine/resources/certificates/state.ts";
import { faultsOf, isDue, type Pair } from "./certificate-fit.ts";
import type { RequestedCertificateProps } from "./requested-certificate.ts";

export interface AwaitedCertificatesProps {
  /** The certificates of CAs whose keys are elsewhere. */
  readonly authorities: readonly string[];
  readonly certificates: readonly RequestedCertificateProps[];
  /** The folder of all requests, for messages. */
  readonly folder: string;
}

type State = queries.CertificateState | KeyState;
type Now = Readonly<Record<string, State>>;

/**
 * Ends the run, before any host is touched, as long as certificates by CAs elsewhere are missing, and names all of them.
 * It warns of those that are to be renewed and can still be used. Fails with TaskError.
 */
export const awaitedCertificates = defineResource({
  kind: "awaited certificates",
  label: ({ folder }: AwaitedCertificatesProps) => folder,
  needs: (p) => {
    const needs: Record<string, Query<State>> = {};
    for (const file of p.authorities) needs[file] = queries.certificateFile(file);
    for (const { path: file, ca } of p.certificates) {
      needs[file] = queries.certificateFile(file);
      needs[keyPathOf(file)] = keyFile(keyPathOf(file));
      needs[ca] = queries.certificateFile(ca);
    }
    return needs;
  },
  diff: (now, p): Difference[] => {
    const authorities = p.authorities.flatMap((file) => authorityFault(certificateIn(now, file), file));
    const missing = p.certificates.filter((one) => faultsOf(pairOf(now, one), one).length > 0);
    if (authorities.length + missing.length === 0) return [];
    throw new TaskError(
      [
        "Certificates of CAs whose keys are elsewhere (pki_external) are missing; no host was changed.",
        ...authorities,
        ...(missing.length > 0
          ? [
              `Let the CAs issue these ${missing.length} requests, put each certificate beside its request, as .crt, and run the same command again:`,
              ...missing.map((one) => `  ${path.relative(".", one.request)}.csr, by ${path.basename(one.ca, ".crt")}`),
            ]
          : []),
      ].join("\n"),
    );
  },
  apply: () => [],
  forecast: () => ({}),
  warnings: (now, p) => {
    const due = p.certificates.filter((one) => isDue(pairOf(now, one), one));
    if (due.length === 0) return [];
    const names = due.map((one) => path.relative(p.folder, one.request)).join(", ");
    return [
      `These certificates are to be issued again by CAs elsewhere: ${names}. The requests are in ${path.relative(".", p.folder)}: put each certificate beside its request, as .crt, and play site.`,
    ];
  },
});

const certificateIn = (now: Now, file: string): queries.CertificateState => now[file] as queries.CertificateState;

const pairOf = (now: Now, { path: file, ca }: RequestedCertificateProps): Pair => ({
  certificate: certificateIn(now, file),
  key: now[keyPathOf(file)] as KeyState,
  ca: certificateIn(now, ca),
});

function authorityFault(state: queries.CertificateState, file: string): string[] {
  const name = path.relative(".", file);
  if (state.type !== "certificate")
    return [`${name} is ${describeState(state)}: put the certificate of your CA there.`];
  if (!state.certificate.isCa) return [`${name} is not a CA's certificate: put that of your CA there.`];
  return state.daysLeft <= 0 ? [`${name} has expired: put a certificate of your CA there that is valid.`] : [];
}
