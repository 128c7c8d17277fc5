import { TaskError } from "../../errors.ts";
import { writePublic } from "../../pki/files.ts";
import type { Certificate } from "../../pki/inspect.ts";
import { nameInWords } from "../../pki/name.ts";
import { certificateFile, type CertificateState } from "../../queries/certificate-file.ts";
import { controllerFile, fileToCome, type ControllerFileState } from "../../queries/controller-file.ts";
import { describeState } from "./state.ts";
import { effect, unknown, type Difference, type Needs } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";

export interface CertificateBundleProps {
  /** Absolute path on the controller. */
  readonly path: string;
  /** Files on the controller; the first certificate of each goes into the bundle, in this order. */
  readonly certificates: readonly string[];
}

interface BundleNow {
  readonly bundle: CertificateState;
  readonly onDisk: ControllerFileState;
  readonly [part: `part ${number}`]: CertificateState;
}

/** Several CAs in one file on the controller: whatever one of them signed is trusted by who reads it. */
export const certificateBundle = defineResource({
  kind: "certificate bundle",
  label: (p: CertificateBundleProps) => p.path,
  needs: (p): Needs<BundleNow> => ({
    bundle: certificateFile(p.path),
    onDisk: controllerFile(p.path),
    ...Object.fromEntries(p.certificates.map((path, index) => [`part ${String(index)}`, certificateFile(path)])),
  }),
  diff: (now, p): Difference[] => {
    const shall = partsOf(now, p);
    const is = now.bundle.type === "certificate" ? [now.bundle.certificate, ...now.bundle.chain] : [];
    if (fingerprints(is) === fingerprints(shall)) return [];
    const before = now.bundle.type === "certificate" ? inWordsOf(is) : describeState(now.bundle);
    return [{ what: "certificates", before, after: inWordsOf(shall) }];
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
  p.certificates.map((path, index) => {
    const part = now[`part ${index}`];
    if (part?.type === "certificate") return part.certificate;
    throw new TaskError(`${p.path} cannot be put together: ${path} is ${part ? describeState(part) : "absent"}`);
  });

const fingerprints = (certificates: readonly Certificate[]): string =>
  certificates.map(({ fingerprint }) => fingerprint).join();

/** Two CAs may have one name: the fingerprint tells them apart. */
const inWordsOf = (certificates: readonly Certificate[]): string =>
  certificates.map((one) => `${nameInWords(one)} (${one.fingerprint.slice(0, 12)})`).join(", ");
