import { Type } from "typebox";
import { certificate, certificateBundle, defineRole, InputError, keyPair, PlayError } from "kubeplay";
import { kubeconfig } from "kubeplay/kubernetes";
import { claim } from "#cluster/claim.ts";
import { caBundle, kubeconfigPath, pkiPath } from "#cluster/paths.ts";
import { endpoint } from "#cluster/urls.ts";
import { isToRenew } from "#cluster/renewal.ts";
import { clusterVariables, pkiVariables } from "#cluster/variables.ts";
import { hasLab } from "#cluster/members.ts";
import { checkRenewal } from "./check-renewal.ts";
import { authorities, kubeconfigs, leaves } from "./table.ts";

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
    return [
      claim("Reserve the cluster's folder for this inventory", {
        cluster,
        // A file in which the lab's hosts are replaced by other machines starts another cluster.
        madeFor: isLab ? `the lab in ${inventory.file}` : inventory.file,
      }),
      ...rows.map(({ name, ca, ...row }) =>
        certificate(`Issue ${name}`, {
          ...row,
          path: certificateAt(name),
          ...(ca !== undefined && { ca: certificateAt(ca) }),
          algorithm: vars.pki_algorithm,
          ...(row.profile === "ca"
            ? { days: vars.pki_ca_days }
            : {
                days: vars.pki_leaf_days,
                renewBeforeDays: vars.pki_renew_before_days,
                warnBeforeDays: vars.pki_warn_before_days,
                renew: isToRenew(vars.renew, name),
              }),
        }),
      ),
      keyPair("Create the key pair of service accounts", { path: `${pkiPath(cluster, "service-account")}.key` }),
      certificateBundle("Bundle the cluster's CAs", {
        path: caBundle(cluster),
        certificates: [certificateAt("kubernetes-ca"), certificateAt("kubernetes-signing-ca")],
      }),
      ...kubeconfigs.map((row) =>
        kubeconfig(`Write the kubeconfig of ${row.name}`, {
          path: kubeconfigPath(cluster, row.name),
          server: server[row.from],
          ca: [certificateAt("kubernetes-ca"), certificateAt("kubernetes-signing-ca")],
          cluster,
          user: row.user,
          certificate: certificateAt(row.user),
        }),
      ),
    ];
  },
});
