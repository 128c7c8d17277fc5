import { algorithms } from "../../pki/algorithm.ts";
import { profiles } from "../../pki/profile.ts";
import { readFile } from "node:fs/promises";
import type { KeyObject } from "node:crypto";
import { TaskError } from "../../errors.ts";
import { keyPathOf, makePrivate, removeFiles, writePrivate, writePublic } from "../../pki/files.ts";
import { issue } from "../../pki/issue.ts";
import { newKey, parseKey, privatePem } from "../../pki/key.ts";
import { certificateFile } from "../../queries/certificate-file.ts";
import { controllerFile, fileToCome } from "../../queries/controller-file.ts";
import { keyFile } from "../../queries/key-file.ts";
import { authorityDifferences, authorityWarnings } from "./authority.ts";
import { chainOf, leafDifferences, leafWarnings } from "./differences.ts";
import { issuerOf, keyMode, type CertificateNow } from "./state.ts";
import { effect, unknown, type Difference, type Needs } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";
import { wantedCertificate, type CertificateProps, type WantedCertificate } from "./wanted-certificate.ts";
import { presence, prop } from "../../tasks/properties.ts";

/**
 * A certificate and its key on the controller, issued by a CA there. A certificate that no longer fits is issued again,
 * with a new key; a CA is never replaced. Fails with TaskError if the CA cannot sign, for an invalid DNS name or
 * address, and if an existing CA no longer fits.
 *
 * @example
 * certificate("Issue the CA", { path: "/pki/ca.crt", profile: "ca", commonName: "kubernetes" });
 * certificate("Issue the API server's certificate", {
 *   path: "/pki/apiserver.crt", profile: "server", commonName: "kube-apiserver", ca: "/pki/ca.crt", ips: ["10.96.0.1"],
 * });
 */
export const certificate = defineResource({
  kind: "certificate",
  props: {
    path: prop.text,
    profile: prop.oneOf(...profiles),
    commonName: prop.text,
    organizations: prop.optional(prop.listOf(prop.text)),
    dns: prop.optional(prop.listOf(prop.text)),
    ips: prop.optional(prop.listOf(prop.text)),
    ca: prop.optional(prop.text),
    crossSigned: prop.optional(prop.text),
    algorithm: prop.optional(prop.oneOf(...algorithms)),
    days: prop.optional(prop.number),
    renewBeforeDays: prop.optional(prop.number),
    warnBeforeDays: prop.optional(prop.number),
    renew: prop.optional(prop.flag),
    withoutKey: prop.optional(prop.text),
    state: presence,
  },
  label: (p: CertificateProps) => p.path,
  locate: (p) => {
    if (isAbsent(p) && p.profile === "ca")
      throw new TaskError(
        `${p.path}: a task does not remove a CA: everything that it issued would be worthless. Move it away yourself`,
      );
    return p;
  },
  needs: (p): Needs<CertificateNow> => ({
    certificate: certificateFile(p.path),
    key: keyFile(keyPathOf(p.path)),
    ca: certificateFile(p.ca ?? p.path),
    caKey: keyFile(keyPathOf(p.ca ?? p.path)),
    ...(p.crossSigned !== undefined && { crossSigned: certificateFile(p.crossSigned) }),
    certificateOnDisk: controllerFile(p.path),
    keyOnDisk: controllerFile(keyPathOf(p.path)),
  }),
  diff: (now, p): Difference[] => {
    if (isAbsent(p)) return goneDifferences(now);
    const wanted = wantedCertificate(p);
    return wanted.profile === "ca" ? authorityDifferences(now, wanted) : leafDifferences(now, wanted);
  },
  apply: (found, now, p) => [
    {
      onController: async (progress) => {
        if (isAbsent(p)) return removeFiles(keyPathOf(p.path), p.path);
        if (onlyMode(found)) return makePrivate(keyPathOf(p.path));
        const wanted = wantedCertificate(p);
        progress(`making a key, ${wanted.algorithm}`);
        await make(now, wanted);
      },
    },
  ],
  forecast: (now, p) => {
    if (isAbsent(p)) return { ...gone, certificateOnDisk: undefined, keyOnDisk: undefined };
    const wanted = wantedCertificate(p);
    const found = wanted.profile === "ca" ? authorityDifferences(now, wanted) : leafDifferences(now, wanted);
    const { key, keyOnDisk, certificate, certificateOnDisk } = now;
    if (!onlyMode(found) || key.type !== "key" || !keyOnDisk)
      return { certificate: unknown, key: unknown, ...filesToCome(p) };
    return {
      certificate,
      certificateOnDisk,
      key: { ...key, mode: keyMode },
      keyOnDisk: { ...keyOnDisk, mode: keyMode },
    };
  },
  effects: (p) => [
    effect(certificateFile(p.path), isAbsent(p) ? gone.certificate : unknown),
    effect(keyFile(keyPathOf(p.path)), isAbsent(p) ? gone.key : unknown),
    effect(controllerFile(p.path), isAbsent(p) ? undefined : filesToCome(p).certificateOnDisk),
    effect(controllerFile(keyPathOf(p.path)), isAbsent(p) ? undefined : filesToCome(p).keyOnDisk),
  ],
  warnings: (now, p) => {
    if (isAbsent(p)) return [];
    return (p.profile === "ca" ? authorityWarnings : leafWarnings)(now, wantedCertificate(p));
  },
});

const isAbsent = ({ state }: CertificateProps): boolean => state === "absent";
const gone = { certificate: { type: "absent" }, key: { type: "absent" } } as const;
const goneDifferences = ({ certificate, key }: CertificateNow): Difference[] =>
  [
    { what: "certificate", is: certificate },
    { what: "key", is: key },
  ]
    .filter(({ is }) => is.type !== "absent")
    .map(({ what }) => ({ what, before: "present", after: "absent" }));

const filesToCome = ({ path }: CertificateProps) => ({
  certificateOnDisk: fileToCome(path),
  keyOnDisk: fileToCome(keyPathOf(path), keyMode),
});

const onlyMode = (found: readonly Difference[]): boolean => found.every(({ what }) => what === "mode of the key");

/** The key first: a run that is killed in between leaves a pair that does not match, which the next run detects. */
async function make(now: CertificateNow, wanted: WantedCertificate): Promise<void> {
  const ca = wanted.ca === undefined ? undefined : issuerOf(now, wanted.path, wanted.ca);
  const keyPath = keyPathOf(wanted.path);
  // A CA's key outlives its certificate; a leaf gets a new one each time.
  const kept = wanted.profile === "ca" && now.key.type === "key";
  const key = kept ? await readKey(keyPath) : await newKey(wanted.algorithm);
  const issuer = ca &&
    wanted.ca !== undefined && { certificate: ca.certificate, key: await readKey(keyPathOf(wanted.ca)) };
  const pem = issue({ ...wanted, key, ...(issuer && { issuer }) });
  if (!kept) await writePrivate(keyPath, privatePem(key));
  // A CA's file holds that CA alone: programs that sign with it expect exactly one.
  const chain = wanted.profile === "ca" ? [] : chainOf(ca, now.crossSigned);
  await writePublic(wanted.path, [pem, ...chain.map((one) => one.pem)].join(""));
}

async function readKey(path: string): Promise<KeyObject> {
  try {
    return parseKey(await readFile(path, "utf8"));
  } catch (error) {
    throw new TaskError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
