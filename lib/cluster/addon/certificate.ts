import { certificate } from "kubeplay";
import type { Algorithm } from "#engine/pki/algorithm.ts";
import { pkiPath } from "../paths.ts";
import { isToRenew } from "../renewal.ts";
import { crossSignedOf, withoutKey } from "../rotation.ts";

interface Vars {
  readonly cluster_name: string;
  readonly cluster_domain: string;
  readonly pki_algorithm: Algorithm;
  readonly pki_external: readonly string[];
  readonly pki_leaf_days: number;
  readonly pki_renew_before_days: number;
  readonly pki_warn_before_days: number;
  readonly renew: string;
}

export interface Serving {
  /** The Service that it is for; also the name of its files. */
  readonly service: string;
  readonly namespace: string;
  /** Addresses at which it is reached from outside the cluster. */
  readonly ips?: readonly string[];
  readonly state?: "present" | "absent";
}

export const certificatePath = (cluster: string, service: string): string =>
  `${pkiPath(cluster, "addons", service)}.crt`;
export const authorityPath = (cluster: string): string => `${pkiPath(cluster, "kubernetes-ca")}.crt`;

/**
 * A certificate of the cluster's CA for the names of a Service; removed with its addon. If that CA's key is elsewhere, the
 * signing CA below it issues the certificate.
 */
export function servingCertificate(vars: Vars, { service, namespace, ips = [], state }: Serving) {
  const authority = vars.pki_external.includes("kubernetes-ca") ? "kubernetes-signing-ca" : "kubernetes-ca";
  const ca = `${pkiPath(vars.cluster_name, authority)}.crt`;
  const inNamespace = `${service}.${namespace}`;
  return certificate(state === "absent" ? "Remove its certificate" : "Issue its certificate", {
    path: certificatePath(vars.cluster_name, service),
    ca,
    crossSigned: crossSignedOf(ca),
    profile: "server",
    commonName: service,
    dns: [service, inNamespace, `${inNamespace}.svc`, `${inNamespace}.svc.${vars.cluster_domain}`],
    ips,
    algorithm: vars.pki_algorithm,
    days: vars.pki_leaf_days,
    renewBeforeDays: vars.pki_renew_before_days,
    warnBeforeDays: vars.pki_warn_before_days,
    renew: isToRenew(vars.renew, `addons/${service}`),
    withoutKey: withoutKey(authority),
    ...(state && { state }),
  });
}
