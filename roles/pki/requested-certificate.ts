import { readFile } from "node:fs/promises";
import { defineResource, type Difference, keyPathOf, type Needs, queries, TaskError, unknown } from "kubeplay";
import { removeFiles, writePrivate, writePublic } from "#engine/pki/files.ts";
import { newKey, parseKey, privatePem } from "#engine/pki/key.ts";
import { nameInWords } from "#engine/pki/name.ts";
import { usagesOf } from "#engine/pki/profile.ts";
import { requestPem } from "#engine/pki/request.ts";
import { certificateRequestFile, type CertificateRequestState } from "#engine/queries/certificate-request-file.ts";
import { fileToCome } from "#engine/queries/controller-file.ts";
import { keyFile, type KeyState } from "#engine/queries/key-file.ts";
import { chainOf } from "#engine/resources/certificates/differences.ts";
import { describeState, keyMode, listed } from "#engine/resources/certificates/state.ts";
import { faultsOf, isDue, renewed, wantedOf, type Asked, type Pair } from "./certificate-fit.ts";

export interface RequestedCertificateProps extends Asked {
  /** Absolute path on the controller without a suffix: the request is in .csr, its key in .key; the certificate comes as .crt. */
  readonly request: string;
}

interface Now extends Pair {
  readonly requested: CertificateRequestState;
  readonly requestKey: KeyState;
  readonly issued: queries.CertificateState;
  readonly certificateOnDisk: queries.ControllerFileState;
  readonly keyOnDisk: queries.ControllerFileState;
}

/**
 * A certificate by a CA whose key is elsewhere. A key and a request for it are made where there is none that fits, or it
 * nears its end. Once the certificate is beside the request, both take their place; until then the old pair stays. Fails
 * with TaskError if what came is not what was asked for.
 */
export const requestedCertificate = defineResource({
  kind: "requested certificate",
  label: ({ path }: RequestedCertificateProps) => path,
  needs: (p): Needs<Now> => ({
    certificate: queries.certificateFile(p.path),
    key: keyFile(keyPathOf(p.path)),
    ca: queries.certificateFile(p.ca),
    requested: certificateRequestFile(`${p.request}.csr`),
    requestKey: keyFile(`${p.request}.key`),
    issued: queries.certificateFile(`${p.request}.crt`),
    certificateOnDisk: queries.controllerFile(p.path),
    keyOnDisk: queries.controllerFile(keyPathOf(p.path)),
  }),
  diff: (now, p): Difference[] => {
    if (now.issued.type !== "absent") return [arrived(now, p)];
    const reasons = [...faultsOf(now, p), ...(isDue(now, p) ? ["it nears its end, or is to be renewed"] : [])];
    if (reasons.length === 0 || isAsked(now, p)) return [];
    return [{ what: "certificate request", before: reasons.join("; "), after: nameInWords(wantedOf(p)) }];
  },
  apply: (_found, now, p) => [
    { onController: (progress) => (now.issued.type === "certificate" ? take(now, p) : ask(p, progress)) },
  ],
  forecast: (now, p) =>
    now.issued.type === "certificate"
      ? {
          certificate: { ...now.issued, chain: chain(now) },
          key: now.requestKey.type === "key" ? { ...now.requestKey, mode: keyMode } : unknown,
          certificateOnDisk: fileToCome(p.path),
          keyOnDisk: fileToCome(keyPathOf(p.path), keyMode),
          requested: absent,
          requestKey: absent,
          issued: absent,
        }
      : { requested: unknown, requestKey: unknown },
});

const absent = { type: "absent" } as const;

const chain = ({ ca }: Now) => chainOf(ca.type === "certificate" ? ca : undefined);

/** The certificate that came, if it is what was asked for. */
function arrived(now: Now, p: RequestedCertificateProps): Difference {
  const { issued, certificate } = now;
  const faults = faultsOf({ certificate: issued, key: now.requestKey, ca: now.ca }, p);
  if (faults.length > 0)
    throw new TaskError(
      `${p.request}.crt is not what ${p.request}.csr asks for: ${faults.join("; ")}. Let the CA issue it again, or remove it`,
    );
  return {
    what: "certificate",
    before: certificate.type === "certificate" ? certificate.certificate.serial : describeState(certificate),
    after: issued.type === "certificate" ? issued.certificate.serial : describeState(issued),
  };
}

/** The request is there, with its key, and asks for what is wanted today. */
function isAsked({ requested, requestKey }: Now, p: RequestedCertificateProps): boolean {
  if (requested.type !== "request" || requestKey.type !== "key") return false;
  const wanted = wantedOf(p);
  const { request } = requested;
  const usages = usagesOf(wanted.profile, wanted.algorithm);
  return (
    request.publicKey === requestKey.key.publicKey &&
    requestKey.key.algorithm === wanted.algorithm &&
    nameInWords(request) === nameInWords(wanted) &&
    listed(request.dns) === listed(wanted.dns) &&
    listed(request.ips) === listed(wanted.ips) &&
    listed([...request.usages.key, ...request.usages.extended]) === listed([...usages.key, ...usages.extended])
  );
}

/** The key first: a run that is killed in between makes both again. */
async function ask(p: RequestedCertificateProps, progress: (line: string) => void): Promise<void> {
  const wanted = wantedOf(p);
  progress(`making a key, ${wanted.algorithm}`);
  const key = await newKey(wanted.algorithm);
  await removeFiles(`${p.request}.csr`);
  await writePrivate(`${p.request}.key`, privatePem(key));
  await writePublic(`${p.request}.csr`, requestPem({ ...wanted, key }));
}

/** The certificate that came goes first of the three, once both are in place: a run that is killed before does it again. */
async function take(now: Now, p: RequestedCertificateProps): Promise<void> {
  if (now.issued.type !== "certificate") return;
  const key = parseKey(await readFile(`${p.request}.key`, "utf8"));
  await writePrivate(keyPathOf(p.path), privatePem(key));
  // A CA's file holds that CA alone: programs that sign with it expect exactly one.
  const links = p.profile === "ca" ? [] : chain(now);
  await writePublic(p.path, [now.issued.certificate, ...links].map(({ pem }) => pem).join(""));
  renewed.add(p.path);
  await removeFiles(`${p.request}.crt`, `${p.request}.csr`, `${p.request}.key`);
}
