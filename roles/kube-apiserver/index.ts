import { existsSync } from "node:fs";
import { Type } from "typebox";
import {
  binary,
  block,
  defineRole,
  directory,
  effect,
  file,
  flushHandlers,
  InputError,
  restart,
  rollingHandler,
  service,
  unit,
  wait,
} from "kubeplay";
import { apiToCome } from "kubeplay/kubernetes";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { apiserverPki, apiserverReady } from "#cluster/apiserver-ready.ts";
import { copyCertificate, copyPublic, copySecret } from "#cluster/copied-files.ts";
import { execArguments, extraFlags, flagCheck, withExtraFlags } from "#cluster/component-flags.ts";
import { bothFamilies } from "#cluster/dual-stack.ts";
import { backInProxies, proxyCheckVariables } from "#cluster/gates.ts";
import { goVariables } from "#cluster/go-processors.ts";
import { hostEncryptionPath, keysKept } from "#cluster/encryption/on-host.ts";
import { encryptionVariables } from "#cluster/encryption/variables.ts";
import { caBundle, encryptionPath, kubeconfigPath, pkiPath, serviceAccountKeys, trustBundle } from "#cluster/paths.ts";
import { keptByReset } from "#cluster/reset.ts";
import { programIn } from "#cluster/staging.ts";
import { listedInProxies } from "#cluster/proxy-list.ts";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { noFiles, noUnit } from "#cluster/undo/programs.ts";
import { clusterVariables, etcdVariables, patienceVariables, programVariables } from "#cluster/variables.ts";
import { weights } from "#cluster/weights.ts";
import { admissionConfiguration, podSecurityVariables } from "./admission.ts";
import { apiserverFlags } from "./flags.ts";

const pki = apiserverPki;
const auditPolicy = "/etc/kubernetes/audit-policy.yaml";
const admission = "/etc/kubernetes/admission.json";
const auditLogs = "/var/log/kubernetes";

const trustedBy = (cluster: string): readonly (readonly [name: string, file: string])[] => [
  ["ca-bundle", caBundle(cluster)],
  ["etcd-ca", trustBundle(cluster, "etcd-ca")],
  ["front-proxy-ca", trustBundle(cluster, "front-proxy-ca")],
];
const pairs = ["apiserver-etcd-client", "apiserver-kubelet-client", "front-proxy-client"];

/** Two files of keys would exclude each other: objects that one encrypts cannot be read with the other. */
function checkOwnEncryption(isEncrypted: boolean, extraFlags: Readonly<Record<string, unknown>>): void {
  if (!isEncrypted || !("encryption-provider-config" in extraFlags)) return;
  const message =
    "kube_apiserver_extra_flags has encryption-provider-config, and encryption_at_rest has a file of its own: API servers could not read what the other one encrypts. To keep yours, set encryption_at_rest to false. To leave it, first let it encrypt nothing, and write all objects again";
  throw new InputError([{ message }]);
}

export const kubeApiserver = defineRole({
  name: "kube-apiserver",
  folder: import.meta.dirname,
  description:
    "The Kubernetes API on every master: over TLS only, with certificates and bootstrap tokens, never anonymous.",
  vars: {
    ...clusterVariables,
    ...programVariables,
    ...goVariables,
    encryption_at_rest: encryptionVariables.encryption_at_rest,
    kubernetes_version: versionVariables.kubernetes_version,
    etcd_client_port: etcdVariables.etcd_client_port,
    ...patienceVariables,
    ...proxyCheckVariables,
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
    ...podSecurityVariables,
    kube_apiserver_extra_flags: extraFlags,
    reset_keep_logs: keptByReset.reset_keep_logs,
  },
  undo: ({ vars }) => [
    ...noUnit("kube-apiserver"),
    ...noFiles(`${vars.bin_dir}/kube-apiserver`),
    ...(vars.reset_keep_logs
      ? []
      : [noLeftovers("Remove the audit log", { folder: auditLogs, names: ["audit*.log"] })]),
  ],
  tasks: ({ vars, host, inventory, facts }) => {
    const masters = inventory.group("masters");
    const ready = (address: string): string => apiserverReady(address, vars.kube_apiserver_port);
    const inService = (address: string): string =>
      `{ ${ready(address)} && ${listedInProxies(address, vars.kube_apiserver_port, vars)}; }`;
    const others = masters.filter(({ name }) => name !== host.name);
    const answers = {
      what: "kube-apiserver is ready",
      units: ["kube-apiserver"],
      until: ready(host.address),
      timeout: vars.component_patience,
    };
    const again = rollingHandler(
      "Restart kube-apiserver, master by master",
      restart("Restart kube-apiserver", { name: "kube-apiserver", timeout: vars.component_patience }),
      wait("Wait until it is ready and stays up", { ...answers, steady: backInProxies(vars) }),
    );
    const encryption = encryptionPath(vars.cluster_name);
    // Once it is there, it stays: without it, nobody can read what is encrypted.
    const isEncrypted = vars.encryption_at_rest || existsSync(encryption);
    checkOwnEncryption(isEncrypted, vars.kube_apiserver_extra_flags);
    const program = `${vars.bin_dir}/kube-apiserver`;
    const flags = withExtraFlags(
      apiserverFlags({
        address: host.address,
        port: vars.kube_apiserver_port,
        masters: masters.length,
        etcdServers: masters.map(({ address }) => `https://${address}:${String(vars.etcd_client_port)}`),
        serviceCidr: bothFamilies(vars.service_cidr, vars.service_cidr_v6),
        domain: vars.cluster_domain,
        pki,
        etcdTimeout: vars.kube_apiserver_etcd_timeout,
        requestTimeout: vars.kube_apiserver_request_timeout,
        ...(isEncrypted && { encryption: hostEncryptionPath }),
        admission,
        auditPolicy,
        auditLog: `${auditLogs}/audit.log`,
      }),
      "kube_apiserver_extra_flags",
      vars.kube_apiserver_extra_flags,
    );
    const issued = (...names: string[]) => pkiPath(vars.cluster_name, ...names);
    const configured = block(
      "Configure and start kube-apiserver",
      binary(
        "Install kube-apiserver",
        programIn("kube-apiserver", {
          version: vars.kubernetes_version,
          architecture: facts.architecture,
          binDir: vars.bin_dir,
        }),
      ).notify(again),
      directory("Make the certificates' directory", { path: pki, mode: 0o755 }),
      directory("Make the audit log's directory", { path: auditLogs, mode: 0o700 }),
      ...[
        ...trustedBy(vars.cluster_name).map(([name, bundle]) =>
          copyPublic(`the certificate ${name}`, bundle, `${pki}/${name}.crt`),
        ),
        ...pairs.flatMap((name) => copyCertificate(name, issued(name), `${pki}/${name}`)),
        ...copyCertificate("kube-apiserver", issued(host.name, "kube-apiserver"), `${pki}/kube-apiserver`),
        copyPublic(
          "the service accounts' public key",
          serviceAccountKeys(vars.cluster_name),
          `${pki}/service-account.pub`,
        ),
        copySecret("the service accounts' key", issued("service-account.key"), `${pki}/service-account.key`),
        ...(isEncrypted ? [copySecret("the keys of encryption at rest", encryption, hostEncryptionPath)] : []),
      ].map((task) => task.notify(again)),
      file("Write the audit policy", { src: "audit-policy.yaml", dest: auditPolicy, mode: 0o600 }).notify(again),
      file("Write the settings of its admission plugins", {
        content: `${JSON.stringify(admissionConfiguration(vars), undefined, 2)}\n`,
        dest: admission,
        mode: 0o600,
      }).notify(again),
      unit("Write its unit", {
        name: "kube-apiserver.service",
        mode: 0o600,
        src: "kube-apiserver.service.hbs",
        values: {
          binDir: vars.bin_dir,
          processors: vars.go_processors,
          weight: weights["kube-apiserver"],
          arguments: execArguments(flags),
        },
        validate: flagCheck(program, flags),
      }).notify(again),
      service("Start it now and at boot", {
        name: "kube-apiserver",
        enabled: true,
        state: "started",
        noBlock: true,
        startEffects: [effect(apiToCome(kubeconfigPath(vars.cluster_name, "super-admin")), true)],
      }),
      flushHandlers(),
    ).inTurn({
      unit: "kube-apiserver",
      ...(others.length > 0 && {
        first: wait("Wait until another one is ready", {
          what: "another kube-apiserver is ready and in the proxies' lists: a restart of this one would otherwise leave the cluster without its API",
          // One that is not ready has nothing to lose.
          until: [`! ${ready(host.address)}`, ...others.map(({ address }) => inService(address))].join(" || "),
          timeout: vars.kube_api_patience,
        }),
      }),
    });
    return [
      // Also without preflight, and without encryption: the next file would replace keys that nobody else has.
      keysKept("Check that the controller has this API server's keys of encryption", { path: encryption }),
      configured,
      wait("Wait until it is ready", answers),
    ];
  },
});
