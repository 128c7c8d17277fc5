import { Type } from "typebox";
import { certificate, certificateBundle, defineRole, InputError, keyPair, PlayError } from "kubeplay";
import { kubeconfig } from "kubeplay/kubernetes";
import { claim } from "#cluster/claim.ts";
import { encryptionFile } from "#cluster/encryption/file.ts";
import { encryptionVariables } from "#cluster/encryption/variables.ts";
import {
  caBundle,
  encryptionPath,
  issuerBundle,
  kubeconfigPath,
  pkiPath,
  serviceAccountKeys,
  trustBundle,
} from "#cluster/paths.ts";
import {
  crossSignedOf,
  nextOf,
  previousOf,
  rotationPhase,
  rotationVariables,
  rotationWork,
  withoutKey,
  type Rotatable,
} from "#cluster/rotation.ts";
import { endpoint } from "#cluster/urls.ts";
import { isToRenew } from "#cluster/renewal.ts";
import { clusterVariables, pkiVariables } from "#cluster/variables.ts";
import { hasLab } from "#cluster/members.ts";
import { authorityRotation } from "./authority-rotation.ts";
import { checkRenewal } from "./check-renewal.ts";
import { checkExternal, externalOf } from "./external.ts";
import { keyRotation } from "./key-rotation.ts";
import { publicKeys } from "./public-keys.ts";
import { authorities, kubeconfigs, leaves, type Row } from "#cluster/certificate-table.ts";

const checkDays = (vars: { readonly pki_leaf_days: number; readonly pki_renew_before_days: number }): void => {
  const { pki_leaf_days: life, pki_renew_before_days: before } = vars;
  if (before < life) return;
  const message = `pki_renew_before_days is ${before}, but certificates are valid for pki_leaf_days, ${life}: every run would reissue them. Expected less than ${life}`;
  throw new InputError([{ message }]);
};

export const pki = defineRole({
  name: "pki",
  description:
    "The certificate authorities and every certificate and kubeconfig of the cluster, kept on the controller.",
  vars: {
    ...clusterVariables,
    ...pkiVariables,
    ...encryptionVariables,
    rotate: rotationVariables.rotate,
    drop: rotationVariables.drop,
    ...rotationPhase,
    apiserver_extra_sans: Type.Array(Type.String({ format: "address" }), {
      default: [],
      description: "Additional names and addresses in kube-apiserver's certificate.",
    }),
  },
  tasks: ({ vars, inventory }) => {
    const cluster = vars.cluster_name;
    const masters = inventory.group("masters");
    const [first] = masters;
    if (!first) throw new PlayError("the group masters has no host: add at least one");
    checkDays(vars);
    const isLab = hasLab(inventory);
    const certificateAt = (name: string): string => `${pkiPath(cluster, name)}.crt`;
    const server = {
      controller: `https://${endpoint(first.address, vars.kube_apiserver_port)}`,
      host: `https://127.0.0.1:${vars.kube_nginx_port}`,
    };
    const rows = [
      ...authorities,
      ...leaves({
        masters,
        domain: vars.cluster_domain,
        serviceCidr: vars.service_cidr,
        extraSans: vars.apiserver_extra_sans,
      }),
    ];
    checkRenewal(vars.renew, rows);
    checkExternal(vars);
    // The older ones first: so the file stays the same while the new one takes the old one's place.
    const cas = (...names: readonly string[]): { certificates: string[]; optional: string[] } => {
      const current = names.map(certificateAt);
      const [previous, next] = [current.map(previousOf), current.map(nextOf)];
      return { certificates: [...previous, ...current, ...next], optional: [...previous, ...next] };
    };
    /** The first half of this run has kept the CA, and the files of what is trusted: the second changes neither. */
    const isRotated = (name: Rotatable): boolean => rotationWork(vars, name) === "issue";
    const lost = (authority: string) => {
      const [is] = authorities.filter(({ name }) => name === authority);
      return is ? { withoutKey: withoutKey(is.name) } : {};
    };
    const isReplaced = ({ name, profile }: Row): boolean =>
      profile === "ca" && authorities.some((one) => one.name === name && isRotated(one.name));
    const ofTokens = `${pkiPath(cluster, "service-account")}.key`;
    const publicKey = `${pkiPath(cluster, "service-account")}.pub`;
    const elsewhere = externalOf({ cluster, rows, vars });
    return [
      claim("Reserve the cluster's folder for this inventory", {
        cluster,
        // A file in which the lab's hosts are replaced by other machines starts another cluster.
        madeFor: isLab ? `the lab in ${inventory.file}` : inventory.file,
      }),
      // Before the CAs: where they are there and this is not, a cluster may have objects that are not encrypted.
      encryptionFile("Keep the keys of encryption at rest", {
        path: encryptionPath(cluster),
        authority: certificateAt("kubernetes-ca"),
        resources: vars.encryption_at_rest ? vars.encryption_resources : [],
        provider: vars.encryption_provider,
        step: "keep",
        rotate: false,
      }),
      ...authorities.filter(elsewhere.isOurs).map(({ name, ca, commonName }) =>
        authorityRotation(`Keep the rotation of ${name}`, {
          name,
          path: certificateAt(name),
          commonName,
          ...(ca !== undefined && { ca: certificateAt(ca) }),
          issued: authorities.flatMap((one) =>
            one.ca === name ? [{ name: one.name, path: certificateAt(one.name) }] : [],
          ),
          algorithm: vars.pki_algorithm,
          days: vars.pki_ca_days,
          work: rotationWork(vars, name),
        }),
      ),
      ...elsewhere.tasks,
      ...rows
        .filter((row) => !isReplaced(row) && elsewhere.isOurs(row))
        .map(({ name, ca, ...row }) =>
          certificate(`Issue ${name}`, {
            ...row,
            path: certificateAt(name),
            ...(ca !== undefined && {
              ca: certificateAt(ca),
              ...(row.profile !== "ca" && { crossSigned: crossSignedOf(certificateAt(ca)) }),
            }),
            algorithm: vars.pki_algorithm,
            ...(row.profile === "ca"
              ? { days: vars.pki_ca_days, ...lost(name) }
              : {
                  days: vars.pki_leaf_days,
                  renewBeforeDays: vars.pki_renew_before_days,
                  warnBeforeDays: vars.pki_warn_before_days,
                  renew: isToRenew(vars.renew, name),
                  ...lost(ca ?? name),
                }),
          }),
        ),
      keyRotation("Keep the rotation of service-account", {
        name: "service-account",
        path: ofTokens,
        work: rotationWork(vars, "service-account"),
      }),
      ...(isRotated("service-account") ? [] : [keyPair("Create the key pair of service accounts", { path: ofTokens })]),
      ...(isRotated("service-account")
        ? []
        : [
            publicKeys("Collect the keys of service accounts", {
              path: serviceAccountKeys(cluster),
              keys: [previousOf(publicKey), publicKey, nextOf(publicKey)],
              optional: [previousOf(publicKey), nextOf(publicKey)],
            }),
          ]),
      ...(isRotated("kubernetes-signing-ca")
        ? []
        : [
            certificateBundle("Bundle the cluster's CAs", {
              path: caBundle(cluster),
              ...cas("kubernetes-ca", "kubernetes-signing-ca"),
            }),
          ]),
      certificateBundle("Bundle the CAs that issue the kubelets' certificates", {
        path: issuerBundle(cluster),
        certificates: ["kubernetes-ca", "kubernetes-signing-ca"].map(certificateAt),
      }),
      ...(["kubernetes-ca", "etcd-ca", "front-proxy-ca"] as const)
        .filter((name) => !isRotated(name))
        .map((name) =>
          certificateBundle(`Bundle what is trusted as ${name}`, { path: trustBundle(cluster, name), ...cas(name) }),
        ),
      ...kubeconfigs.map((row) =>
        kubeconfig(`Write the kubeconfig of ${row.name}`, {
          path: kubeconfigPath(cluster, row.name),
          server: server[row.from],
          ca: caBundle(cluster),
          cluster,
          user: row.user,
          certificate: certificateAt(row.user),
        }),
      ),
    ];
  },
});
