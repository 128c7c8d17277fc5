import { clusterVariables, patienceVariables, pkiVariables } from "../variables.ts";

const { cluster_name, kube_apiserver_port, cluster_domain } = clusterVariables;
const { pki_algorithm, pki_external, pki_leaf_days, pki_renew_before_days, pki_warn_before_days, renew } = pkiVariables;

/** The variables that accessOf reads, for roles that use the API. */
export const addonVariables = {
  cluster_name,
  kube_apiserver_port,
  kube_api_patience: patienceVariables.kube_api_patience,
};
/** The variables of roles that serve TLS with a certificate of the cluster's CA. */
export const servingVariables = {
  cluster_domain,
  pki_algorithm,
  pki_external,
  pki_leaf_days,
  pki_renew_before_days,
  pki_warn_before_days,
  renew,
};
