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
import { copyCertificate, copyPublic, copySecret } from "#cluster/copied-files.ts";
import { bothFamilies } from "#cluster/dual-stack.ts";
import { goVariables } from "#cluster/go-processors.ts";
import { kubeconfigPath, pkiPath } from "#cluster/paths.ts";
import { clusterVariables, etcdVariables, patienceVariables, programVariables } from "#cluster/variables.ts";
import { weights } from "#cluster/weights.ts";
import { apiserverFlags } from "./flags.ts";

const pki = "/etc/kubernetes/pki";
const auditPolicy = "/etc/kubernetes/audit-policy.yaml";
const auditLogs = "/var/log/kubernetes";

const certificates = ["ca-bundle", "etcd-ca", "front-proxy-ca"];
const pairs = ["apiserver-etcd-client", "apiserver-kubelet-client", "front-proxy-client"];

export const kubeApiserver = defineRole({
  name: "kube-apiserver",
  folder: import.meta.dirname,
  description:
    "The Kubernetes API on every master: over TLS only, with certificates and bootstrap tokens, never anonymous.",
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
      description: "Seconds within which etcd must answer in kube-apiserver's health checks.",
    }),
    kube_apiserver_request_timeout: Type.Integer({
      default: 60,
      minimum: 1,
      description: "Seconds after which kube-apiserver ends a request that is not a watch.",
    }),
    kube_apiserver_extra_flags: Type.Record(Type.String(), Type.String(), {
      default: {},
      description: "Flags without their dashes that extend or replace the role's own.",
    }),
  },
  tasks: ({ vars, host, inventory, facts }) => {
    const masters = inventory.group("masters");
    // Anonymous requests are refused, so the probe uses a certificate that is here anyway.
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
    return [
      binary("Install kube-apiserver", {
        artifact: "kube-apiserver",
        version: vars.kubernetes_version,
        architecture: facts.architecture,
        dest: `${vars.bin_dir}/kube-apiserver`,
      }).notify(again),
      directory("Make the certificates' directory", { path: pki, mode: 0o755 }),
      directory("Make the audit log's directory", { path: auditLogs, mode: 0o700 }),
      ...[
        ...certificates.map((name) =>
          copyPublic(`the certificate ${name}`, `${issued(name)}.crt`, `${pki}/${name}.crt`),
        ),
        ...pairs.flatMap((name) => copyCertificate(name, issued(name), `${pki}/${name}`)),
        ...copyCertificate("kube-apiserver", issued(host.name, "kube-apiserver"), `${pki}/kube-apiserver`),
        copyPublic("the service accounts' public key", issued("service-account.pub"), `${pki}/service-account.pub`),
        copySecret("the service accounts' key", issued("service-account.key"), `${pki}/service-account.key`),
      ].map((task) => task.notify(again)),
      file("Write the audit policy", { src: "audit-policy.yaml", dest: auditPolicy, mode: 0o600 }).notify(again),
      unit("Write its unit", {
        name: "kube-apiserver.service",
        src: "kube-apiserver.service.hbs",
        values: {
          binDir: vars.bin_dir,
          processors: vars.go_processors,
          weight: weights["kube-apiserver"],
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
