import { TaskError } from "../../errors.ts";
import { writePublic } from "../../pki/files.ts";
import type { Certificate } from "../../pki/inspect.ts";
import { nameInWords } from "../../pki/name.ts";
import { certificateFile, type CertificateState } from "../../queries/certificate-file.ts";
import { controllerFile, fileToCome, type ControllerFileState } from "../../queries/controller-file.ts";
import { describeState } from "./state.ts";
import { effect, unknown, type Difference, type Needs } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";
import { prop } from "../../tasks/properties.ts";

/** The properties of `certificateBundle`. */
export interface CertificateBundleProps {
  /** Absolute path on the controller. */
  readonly path: string;
  /** Files on the controller; the first certificate of each goes into the bundle, in this order. */
  readonly certificates: readonly string[];
  /** Those of them that may be absent: the old or the new CA, while one replaces the other. */
  readonly optional?: readonly string[];
}

interface BundleNow {
  readonly bundle: CertificateState;
  readonly onDisk: ControllerFileState;
  readonly [part: `part ${number}`]: CertificateState;
}

/**
 * Several CA certificates in one file on the controller: its readers trust everything that one of them signed. Fails
 * with TaskError if one of the certificates cannot be read.
 *
 * @example
 * certificateBundle("Trust both CAs", { path: "/pki/cas.crt", certificates: ["/pki/old-ca.crt", "/pki/ca.crt"] });
 */
export const certificateBundle = defineResource({
  kind: "certificate bundle",
  props: {
    path: prop.text,
    certificates: prop.listOf(prop.text),
    optional: prop.optional(prop.listOf(prop.text)),
  },
  label: (p: CertificateBundleProps) => p.path,
  needs: (p): Needs<BundleNow> => ({
    bundle: certificateFile(p.path),
    onDisk: controllerFile(p.path),
    ...Object.fromEntries(p.certificates.map((path, index) => [`part ${String(index)}`, certificateFile(path)])),
  }),
  diff: (now, p): Difference[] => {
    const desired = partsOf(now, p);
    const current = now.bundle.type === "certificate" ? [now.bundle.certificate, ...now.bundle.chain] : [];
    if (fingerprints(current) === fingerprints(desired)) return [];
    const before = now.bundle.type === "certificate" ? describeAll(current) : describeState(now.bundle);
    return [{ what: "certificates", before, after: describeAll(desired) }];
  },
  apply: (_found, now, p) => [
    {
      onController: () =>
        writePublic(
          p.path,
          partsOf(now, p)
            .map(({ pem }) => pem)
            .join(""),
        ),
    },
  ],
  forecast: (_now, p) => ({ bundle: unknown, onDisk: fileToCome(p.path) }),
  effects: (p) => [effect(certificateFile(p.path), unknown), effect(controllerFile(p.path), fileToCome(p.path))],
});

const partsOf = (now: BundleNow, p: CertificateBundleProps): Certificate[] =>
  p.certificates.flatMap((path, index) => {
    const part = now[`part ${index}`];
    if (part?.type === "certificate") return [part.certificate];
    if (part?.type === "absent" && p.optional?.includes(path) === true) return [];
    throw new TaskError(`${p.path} cannot be assembled: ${path} is ${part ? describeState(part) : "absent"}`);
  });

const fingerprints = (certificates: readonly Certificate[]): string =>
  certificates.map(({ fingerprint }) => fingerprint).join();

/** Two CAs may have the same name: the fingerprint distinguishes them. */
const describeAll = (certificates: readonly Certificate[]): string =>
  certificates.map((one) => `${nameInWords(one)} (${one.fingerprint.slice(0, 12)})`).join(", ");
