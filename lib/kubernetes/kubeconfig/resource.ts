import { readFile } from "node:fs/promises";
import { TaskError } from "#engine/errors.ts";
import { keyPathOf, makePrivate, writePrivate } from "#engine/pki/files.ts";
import type { Certificate } from "#engine/pki/inspect.ts";
import { renderKubeconfig } from "./format.ts";
import { certificateFile, type CertificateState } from "#engine/queries/certificate-file.ts";
import { controllerFile, fileToCome, type ControllerFileState } from "#engine/queries/controller-file.ts";
import { keyFile, type KeyState } from "#engine/queries/key-file.ts";
import { kubeconfigFile, type KubeconfigState } from "./query.ts";
import {
  belongs,
  describeState,
  keyMode,
  octal,
  type ReadableCertificate,
} from "#engine/resources/certificates/state.ts";
import { differences, effect, unknown, type Difference, type Needs } from "#engine/tasks/resource.ts";
import { prop } from "#engine/tasks/properties.ts";
import { defineResource } from "#engine/tasks/task.ts";

export interface KubeconfigProps {
  /** Absolute path on the controller. */
  readonly path: string;
  /** https://host:port */
  readonly server: string;
  /** Files on the controller with the CAs that may have signed the server's certificate. */
  readonly ca: string | readonly string[];
  readonly cluster: string;
  readonly user: string;
  /** The user's certificate on the controller, …/x.crt, with its key beside it. */
  readonly certificate: string;
  /** Not managed if absent. */
  readonly namespace?: string;
}

interface KubeconfigNow {
  readonly kubeconfig: KubeconfigState;
  readonly onDisk: ControllerFileState;
  readonly certificate: CertificateState;
  readonly key: KeyState;
  readonly [ca: `ca ${number}`]: CertificateState;
}

const caPathsOf = ({ ca }: KubeconfigProps): readonly string[] => (typeof ca === "string" ? [ca] : ca);

/**
 * A kubeconfig on the controller with all data embedded, for its owner alone (0600). It is rewritten if the embedded
 * data has changed. It is an error if the certificate, its key or a CA is missing.
 *
 * @example
 * kubeconfig("Write the admin's kubeconfig", {
 *   path: "/srv/lab/admin.kubeconfig",
 *   server: "https://10.0.0.11:6443",
 *   ca: "/srv/lab/pki/ca.crt",
 *   cluster: "lab",
 *   user: "admin",
 *   certificate: "/srv/lab/pki/admin.crt",
 * });
 */
export const kubeconfig = defineResource({
  kind: "kubeconfig",
  props: {
    path: prop.text,
    server: prop.text,
    ca: prop.either(prop.text, prop.listOf(prop.text)),
    cluster: prop.text,
    user: prop.text,
    certificate: prop.text,
    namespace: prop.optional(prop.text),
  },
  label: (p: KubeconfigProps) => p.path,
  needs: (p): Needs<KubeconfigNow> => ({
    kubeconfig: kubeconfigFile(p.path),
    onDisk: controllerFile(p.path),
    certificate: certificateFile(p.certificate),
    key: keyFile(keyPathOf(p.certificate)),
    ...Object.fromEntries(caPathsOf(p).map((path, index) => [`ca ${String(index)}`, certificateFile(path)])),
  }),
  diff: kubeconfigDifferences,
  apply: (found, now, p) => [
    {
      onController: async () => {
        if (onlyMode(found)) return makePrivate(p.path);
        const { certificate, cas } = ingredients(now, p);
        const { path, server, cluster, user, namespace } = p;
        const text = renderKubeconfig({
          server,
          cluster,
          user,
          ...(namespace !== undefined && { namespace }),
          ca: pem(cas),
          certificate: pem([certificate.certificate, ...certificate.chain]),
          key: await keyText(keyPathOf(p.certificate)),
        });
        await writePrivate(path, text);
      },
    },
  ],
  forecast: (now, p) => {
    const { kubeconfig: is, onDisk } = now;
    if (is.type !== "kubeconfig" || !onDisk || !onlyMode(kubeconfigDifferences(now, p)))
      return { kubeconfig: unknown, onDisk: fileToCome(p.path, keyMode) };
    return { kubeconfig: { ...is, mode: keyMode }, onDisk: { ...onDisk, mode: keyMode } };
  },
  effects: (p) => [
    effect(kubeconfigFile(p.path), unknown),
    effect(controllerFile(p.path), fileToCome(p.path, keyMode)),
  ],
});

function kubeconfigDifferences(now: KubeconfigNow, p: KubeconfigProps): Difference[] {
  const { certificate, cas } = ingredients(now, p);
  const is = now.kubeconfig;
  if (is.type !== "kubeconfig")
    return [{ what: "kubeconfig", before: describeState(is), after: `${p.user} at ${p.server}` }];
  const found = is.kubeconfig;
  return [
    ...differences({
      server: [found.server, p.server],
      cluster: [found.cluster, p.cluster],
      user: [found.user, p.user],
      namespace: [found.namespace ?? "none", p.namespace],
      CA: [prints(found.cas), prints(cas)],
      certificate: [prints(found.certificates), prints([certificate.certificate, ...certificate.chain])],
      mode: [octal(is.mode), octal(keyMode)],
    }),
    ...(found.publicKey === certificate.certificate.publicKey
      ? []
      : [{ what: "key", before: undefined, after: undefined, secret: true }]),
  ];
}

const onlyMode = (found: readonly Difference[]): boolean => found.every(({ what }) => what === "mode");

interface Ingredients {
  readonly certificate: ReadableCertificate;
  readonly cas: readonly Certificate[];
}

/** Returns the certificates to embed. Throws TaskError if one is missing or does not fit its key. */
function ingredients(now: KubeconfigNow, p: KubeconfigProps): Ingredients {
  const { certificate, key } = now;
  const fail = (what: string): never => {
    throw new TaskError(`${p.path} cannot be written: ${what}`);
  };
  if (certificate.type !== "certificate") return fail(`${p.certificate} is ${describeState(certificate)}`);
  if (key.type !== "key") return fail(`${keyPathOf(p.certificate)} is ${describeState(key)}`);
  if (!belongs(key.key, certificate)) return fail(`${p.certificate} and its key do not belong together`);
  const cas = caPathsOf(p).flatMap((path, index) => {
    const ca = now[`ca ${index}`];
    if (ca?.type !== "certificate") return fail(`the CA ${path} is ${ca ? describeState(ca) : "absent"}`);
    return [ca.certificate, ...ca.chain];
  });
  return { certificate, cas };
}

const pem = (certificates: readonly Certificate[]): string => certificates.map((one) => one.pem).join("");
const prints = (certificates: readonly Certificate[]): string =>
  certificates.map(({ fingerprint }) => fingerprint.slice(0, 16)).join(", ");

async function keyText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new TaskError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
