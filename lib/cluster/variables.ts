import { Type } from "typebox";
import { algorithms } from "#engine/pki/algorithm.ts";

const port = (value: number, description: string) => Type.Integer({ format: "port", default: value, description });

/** The cluster's own words: variables that several roles read, declared once. */
export const clusterVariables = {
  cluster_name: Type.String({
    default: "kubeplay",
    pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
    // Cilium takes no longer one.
    maxLength: 32,
    description: "Names the cluster, and its folder .kubeplay/<name> on the controller.",
  }),
  cluster_domain: Type.String({
    format: "hostname",
    default: "cluster.local",
    description: "The DNS domain of services and pods.",
  }),
  service_cidr: Type.String({
    format: "cidr",
    default: "10.96.0.0/16",
    description: "The services' addresses; the first is the API's.",
  }),
  pod_cidr: Type.String({
    format: "cidr",
    default: "10.244.0.0/16",
    description: "The pods' addresses; every host gets a part of it.",
  }),
  service_cidr_v6: Type.Optional(
    Type.String({
      format: "cidr6",
      description:
        "IPv6 addresses for services beside those of service_cidr: with pod_cidr_v6 the cluster is dual stack.",
    }),
  ),
  pod_cidr_v6: Type.Optional(
    Type.String({ format: "cidr6", description: "IPv6 addresses for pods, beside those of pod_cidr." }),
  ),
  kube_apiserver_port: port(6443, "Where kube-apiserver answers on every master, https only."),
  kube_nginx_port: port(8443, "Where every host's own proxy to all apiservers listens, on 127.0.0.1."),
  kube_controller_manager_secure_port: port(10252, "Where kube-controller-manager answers, https only."),
  kube_scheduler_secure_port: port(10259, "Where kube-scheduler answers, https only."),
};

/** How long is waited. Machines differ by three times and more: what is only slow must not fail. */
export const patienceVariables = {
  kube_api_patience: Type.Integer({
    minimum: 1,
    default: 120,
    description:
      "Seconds without a single success after which the Kubernetes API or etcd is given up. Until then requests whose failure may pass are repeated: time-outs, etcd without a leader, a server or webhook that starts.",
  }),
  component_patience: Type.Integer({
    minimum: 1,
    default: 300,
    description: "Seconds within which a component must be healthy after its start, and a node must have joined.",
  }),
};

/** A folder that every system has. */
export const usualBinDir = "/usr/local/bin";

/** For all that have programs on hosts. */
export const programVariables = {
  bin_dir: Type.String({
    format: "absolute-path",
    pattern: "^/[\\w./-]+$",
    default: usualBinDir,
    description:
      "Where the cluster's programs are on the hosts, such as /opt/bin where /usr is read-only. Chosen before a cluster is made: what is elsewhere already stays there.",
  }),
};

/** etcd's, for those who run it, ask it or look whether it could run. */
export const etcdVariables = {
  etcd_data_dir: Type.String({
    format: "absolute-path",
    default: "/var/lib/etcd",
    description: "Where a member keeps its data.",
  }),
  etcd_client_port: port(2379, "Where members answer clients."),
  etcd_peer_port: port(2380, "Where members answer each other."),
  etcd_metrics_port: port(2381, "Metrics and health of etcd, and nothing else, over plain HTTP."),
};

/** How certificates are made. */
export const pkiVariables = {
  pki_algorithm: Type.Enum([...algorithms], {
    default: "ecdsa-p256",
    description: "Of the keys of all certificates. That of a CA cannot be changed without beginning with a new CA.",
  }),
  pki_ca_days: Type.Integer({ minimum: 2, default: 3650, description: "How long a new CA holds." }),
  pki_leaf_days: Type.Integer({
    minimum: 2,
    default: 365,
    description: "How long a new certificate holds; never longer than its CA.",
  }),
  pki_renew_before_days: Type.Integer({
    minimum: 1,
    default: 90,
    description: "A certificate with fewer days left is issued anew.",
  }),
};
