import { Type } from "typebox";
import { algorithms } from "#engine/pki/algorithm.ts";
import { renewalVariables } from "./renewal.ts";

const port = (value: number, description: string) => Type.Integer({ format: "port", default: value, description });

/** Variables of the cluster that several roles read, declared once. */
export const clusterVariables = {
  cluster_name: Type.String({
    default: "kubeplay",
    pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
    // Cilium's limit.
    maxLength: 32,
    description: "The name of the cluster, and of its folder .kubeplay/<name> on the controller.",
  }),
  cluster_domain: Type.String({
    format: "hostname",
    default: "cluster.local",
    description: "The DNS domain of Services and pods.",
  }),
  service_cidr: Type.String({
    format: "cidr",
    default: "10.96.0.0/16",
    description: "The addresses of Services; the first is the API's.",
  }),
  pod_cidr: Type.String({
    format: "cidr",
    default: "10.244.0.0/16",
    description: "The addresses of pods; every host gets a part of them.",
  }),
  service_cidr_v6: Type.Optional(
    Type.String({
      format: "cidr6",
      description:
        "IPv6 addresses for Services, in addition to service_cidr. With pod_cidr_v6, the cluster is dual-stack.",
    }),
  ),
  pod_cidr_v6: Type.Optional(
    Type.String({ format: "cidr6", description: "IPv6 addresses for pods, in addition to pod_cidr." }),
  ),
  kube_apiserver_port: port(6443, "The port of kube-apiserver on every master, https only."),
  kube_nginx_port: port(8443, "The port of every host's own proxy to all apiservers, on 127.0.0.1."),
  kube_controller_manager_secure_port: port(10252, "The port of kube-controller-manager, https only."),
  kube_scheduler_secure_port: port(10259, "The port of kube-scheduler, https only."),
};

/** Time limits. Machines differ by a factor of three and more: slow ones must not fail. */
export const patienceVariables = {
  kube_api_patience: Type.Integer({
    minimum: 1,
    default: 120,
    description:
      "Seconds without a successful request after which retries to the Kubernetes API or etcd end. Until then, transient failures are retried: timeouts, etcd without a leader, a server or webhook that is starting.",
  }),
  component_patience: Type.Integer({
    minimum: 1,
    default: 300,
    description: "Seconds within which a component must be healthy after its start, and a node must join.",
  }),
};

/** A folder that every system has. */
export const usualBinDir = "/usr/local/bin";

/** For all roles with programs on hosts. */
export const programVariables = {
  bin_dir: Type.String({
    format: "absolute-path",
    pattern: "^/[\\w./-]+$",
    default: usualBinDir,
    description:
      "The folder of the cluster's programs on the hosts, such as /opt/bin if /usr is read-only. Set it before a cluster is created: programs that are already elsewhere stay there.",
  }),
};

/** etcd's variables, for roles that run it, ask it or check whether it can run. */
export const etcdVariables = {
  etcd_data_dir: Type.String({
    format: "absolute-path",
    default: "/var/lib/etcd",
    description: "The folder of a member's data.",
  }),
  etcd_client_port: port(2379, "The port of members for clients."),
  etcd_peer_port: port(2380, "The port of members for each other."),
  etcd_metrics_port: port(2381, "The port of etcd's metrics and health only, over plain HTTP."),
};

/** How quickly etcd notices that its leader is gone. */
export const etcdTiming = {
  etcd_heartbeat_interval: Type.Integer({
    default: 100,
    minimum: 1,
    description:
      "Milliseconds between a leader's heartbeats, the same for all members: about the longest round trip between two members, or longer if they wait for processors or disks.",
  }),
  etcd_election_timeout: Type.Integer({
    default: 1000,
    minimum: 5,
    maximum: 50_000,
    description:
      "Milliseconds without a heartbeat after which a member starts an election, the same for all members: ten round trips, and at least five heartbeats. After a leader is lost, there is none for this time.",
  }),
};

/** For all that reads certificates. */
export const certificateWarning = {
  pki_warn_before_days: Type.Integer({
    minimum: 0,
    default: 30,
    description:
      "Every run warns of certificates with fewer days left, and `npm run certs` and `npm run doctor` report them. Of certificates that are valid for less than ten times as long, the last tenth counts.",
  }),
};

/** Settings of certificates. */
export const pkiVariables = {
  pki_algorithm: Type.Enum([...algorithms], {
    default: "ecdsa-p256",
    description: "The key algorithm of all certificates. A CA's algorithm cannot be changed without a new CA.",
  }),
  pki_ca_days: Type.Integer({ minimum: 2, default: 3650, description: "Days for which a new CA is valid." }),
  pki_leaf_days: Type.Integer({
    minimum: 2,
    default: 365,
    description: "Days for which a new certificate is valid; never longer than its CA.",
  }),
  pki_renew_before_days: Type.Integer({
    minimum: 1,
    default: 90,
    description: "A certificate with fewer days left is reissued.",
  }),
  // Masters sign the kubelets' certificates, so that they need the key of that CA.
  pki_external: Type.Array(Type.Enum(["kubernetes-ca", "etcd-ca", "front-proxy-ca"]), {
    default: [],
    uniqueItems: true,
    description:
      "CAs whose keys are elsewhere: runs write requests for certificates to `.kubeplay/<cluster_name>/requests`, and end there until the certificates have come.",
  }),
  ...certificateWarning,
  ...renewalVariables,
};
