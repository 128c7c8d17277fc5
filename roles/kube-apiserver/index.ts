import { Type } from "typebox";
import {
  binary,
  defineRole,
  directory,
  effect,
  file,
  flushHandlers,
  quote,
  restart,
  rollingHandler,
  service,
  unit,
  wait,
} from "kubeplay";
import { apiToCome } from "kubeplay/kubernetes";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { bothFamilies } from "#cluster/dual-stack.ts";
import { goEnvironment, goVariables } from "#cluster/go-processors.ts";
import { kubeconfigPath, pkiPath } from "#cluster/paths.ts";
import { clusterVariables, etcdVariables, patienceVariables, programVariables } from "#cluster/variables.ts";
import { weightOf } from "#cluster/weights.ts";
import { apiserverFlags } from "./flags.ts";

const pki = "/etc/kubernetes/pki";
const auditPolicy = "/etc/kubernetes/audit-policy.yaml";
const auditLogs = "/var/log/kubernetes";

const certificates = ["ca-bundle", "etcd-ca", "front-proxy-ca"];
const pairs = ["apiserver-etcd-client", "apiserver-kubelet-client", "front-proxy-client"];

export const kubeApiserver = defineRole({
  name: "kube-apiserver",
  description:
    "The Kubernetes API on every master: certificates and bootstrap tokens only, nothing anonymous, all of it over TLS.",
  vars: {
    ...clusterVariables,
    ...programVariables,
    ...goVariables,
    kubernetes_version: versionVariables.kubernetes_version,
    etcd_client_port: etcdVariables.etcd_client_port,
    component_patience: patienceVariables.component_patience,
    kube_apiserver_etcd_timeout: Type.Integer({
      default: 2,
      minimum: 1,
      description: "Seconds that etcd may take to answer when kube-apiserver is asked for its health.",
    }),
    kube_apiserver_request_timeout: Type.Integer({
      default: 60,
      minimum: 1,
      description: "Seconds after which kube-apiserver gives up a request that is no watch.",
    }),
    kube_apiserver_extra_flags: Type.Record(Type.String(), Type.String(), {
      default: {},
      description: "Flags without their dashes, beside or instead of the role's own.",
    }),
  },
  tasks: ({ vars, host, inventory, facts }) => {
    const masters = inventory.group("masters");
    // Anonymous requests are refused, so the probe comes with a certificate that lies here anyway.
    const ready = [
      "curl -fsS --max-time 15 -o /dev/null",
      `--cacert ${pki}/ca-bundle.crt --cert ${pki}/apiserver-kubelet-client.crt --key ${pki}/apiserver-kubelet-client.key`,
      quote(`https://${host.address}:${String(vars.kube_apiserver_port)}/readyz`),
    ].join(" ");
    const answers = wait("Wait until it is ready", {
      what: "kube-apiserver is ready",
      until: ready,
      timeout: vars.component_patience,
    });
    const again = rollingHandler(
      "Restart kube-apiserver, master by master",
      restart("Restart kube-apiserver", { name: "kube-apiserver" }),
      answers,
    );
    const issued = (...names: string[]) => pkiPath(vars.cluster_name, ...names);
    const copy = (from: string, name: string) => [
      file(`Copy the certificate ${name}`, { src: `${from}.crt`, dest: `${pki}/${name}.crt` }).notify(again),
      file(`Copy the key of ${name}`, {
        src: `${from}.key`,
        dest: `${pki}/${name}.key`,
        mode: 0o600,
        secret: true,
      }).notify(again),
    ];
    return [
      binary("Install kube-apiserver", {
        artifact: "kube-apiserver",
        version: vars.kubernetes_version,
        architecture: facts.architecture,
        dest: `${vars.bin_dir}/kube-apiserver`,
      }).notify(again),
      directory("Make the certificates' directory", { path: pki, mode: 0o755 }),
      directory("Make the audit log's directory", { path: auditLogs, mode: 0o700 }),
      ...certificates.map((name) =>
        file(`Copy the certificate ${name}`, { src: `${issued(name)}.crt`, dest: `${pki}/${name}.crt` }).notify(again),
      ),
      ...pairs.flatMap((name) => copy(issued(name), name)),
      ...copy(issued(host.name, "kube-apiserver"), "kube-apiserver"),
      file("Copy the service accounts' public key", {
        src: issued("service-account.pub"),
        dest: `${pki}/service-account.pub`,
      }).notify(again),
      file("Copy the service accounts' key", {
        src: issued("service-account.key"),
        dest: `${pki}/service-account.key`,
        mode: 0o600,
        secret: true,
      }).notify(again),
      file("Write the audit policy", { src: "audit-policy.yaml", dest: auditPolicy, mode: 0o600 }).notify(again),
      unit("Write its unit", {
        name: "kube-apiserver.service",
        src: "kube-apiserver.service.hbs",
        values: {
          binDir: vars.bin_dir,
          go: goEnvironment(vars),
          weight: weightOf("kube-apiserver"),
          flags: {
            ...apiserverFlags({
              address: host.address,
              port: vars.kube_apiserver_port,
              masters: masters.length,
              etcdServers: masters.map(({ address }) => `https://${address}:${String(vars.etcd_client_port)}`),
              serviceCidr: bothFamilies(vars.service_cidr, vars.service_cidr_v6),
              domain: vars.cluster_domain,
              pki,
              etcdTimeout: vars.kube_apiserver_etcd_timeout,
              requestTimeout: vars.kube_apiserver_request_timeout,
              auditPolicy,
              auditLog: `${auditLogs}/audit.log`,
            }),
            ...vars.kube_apiserver_extra_flags,
          },
        },
      }).notify(again),
      service("Start it now and at boot", {
        name: "kube-apiserver",
        enabled: true,
        state: "started",
        noBlock: true,
        startEffects: [effect(apiToCome(kubeconfigPath(vars.cluster_name, "super-admin")), true)],
      }),
      flushHandlers(),
      answers,
    ];
  },
});
