import { fail, pass, passIf, type Control, type Kind } from "../control.ts";
import type { HostEvidence } from "../evidence/host.ts";
import { list, text, at } from "../../reading/objects.ts";
import { setting, settings, type Head } from "../tests/settings.ts";
import {
  atLeast,
  has,
  is,
  isAbsent,
  isSet,
  lacks,
  lasts,
  orAbsent,
  strongCiphers,
  within,
  type Test,
} from "../tests/values.ts";

const component = "kube-apiserver" as const;
const extra = (flag: string, value: string): string =>
  `kube_apiserver_extra_flags: { ${flag}: "${value}" }, and play site`;
const own = "remove it from kube_apiserver_extra_flags, and play site";
const encrypt = "encryption_at_rest: true, and play site (docs/operations/encryption.md)";

/** Flags that must all pass the test. */
const flags = (
  number: number,
  title: string,
  kind: Kind,
  names: readonly string[],
  test: Test,
  remedy: string,
): Control => {
  const [first = "", ...rest] = names;
  const of = (flag: string) => ({ component, flag });
  return settings([`1.2.${String(number)}`, title, kind, remedy], "masters", [of(first), ...rest.map(of)], test);
};
const areSet = (number: number, title: string, ...names: readonly string[]): Control =>
  flags(number, title, "automated", names, isSet, own);

/** The document that a flag has the path of. */
const documentOf = ({ processes, documents }: HostEvidence, flag: string): unknown =>
  documents.get(processes.get(component)?.get(flag)?.at(-1) ?? "");

/** The chain of authorizers is a flag or a file. */
const authorization = (number: number, title: string, test: Test): Control =>
  setting(
    [`1.2.${String(number)}`, title, "automated", own],
    "masters",
    { component, flag: "authorization-mode" },
    ({ value, shown }, host) => {
      const types = list(documentOf(host, "authorization-config"), "authorizers").map((one) => text(one, "type"));
      if (types.length === 0) return passIf(test(value), shown);
      return passIf(test(types.join(",")), `authorizers ${types.join(", ")} in --authorization-config`);
    },
  );

/** Plugins for admission that are off unless they are named. */
const admits = (number: number, plugin: string, kind: Kind, remedy: string): Control =>
  flags(number, `admission plugin ${plugin} is on`, kind, ["enable-admission-plugins"], has(plugin), remedy);
const plugins = (name: string): string =>
  extra("enable-admission-plugins", `NodeRestriction,DenyServiceExternalIPs,${name}`);
/** Plugins that are on unless they are named. */
const keeps = (number: number, plugin: string): Control =>
  flags(
    number,
    `admission plugin ${plugin} is not off`,
    "automated",
    ["disable-admission-plugins"],
    orAbsent(lacks(plugin)),
    own,
  );

const head = (number: number, title: string, kind: Kind, remedy: string): Head => [
  `1.2.${String(number)}`,
  title,
  kind,
  remedy,
];

/** Of secrets, the provider that writes must be one of these. */
const goodProviders = ["aescbc", "kms", "secretbox"];

export const apiserver: readonly Control[] = [
  setting(
    head(1, "no anonymous requests", "manual", extra("anonymous-auth", "false")),
    "masters",
    { component, flag: "anonymous-auth" },
    ({ value, shown }, host) => {
      const anonymous = at(documentOf(host, "authentication-config"), "anonymous", "enabled");
      return anonymous === undefined
        ? passIf(value === "false", shown)
        : passIf(anonymous === false, `anonymous.enabled: ${JSON.stringify(anonymous)} in --authentication-config`);
    },
  ),
  flags(2, "no file of static tokens", "automated", ["token-auth-file"], isAbsent, own),
  admits(3, "DenyServiceExternalIPs", "manual", own),
  areSet(4, "a certificate for its requests to kubelets", "kubelet-client-certificate", "kubelet-client-key"),
  areSet(5, "the kubelets' CA", "kubelet-certificate-authority"),
  authorization(6, "authorization is not AlwaysAllow", lacks("AlwaysAllow")),
  authorization(7, "authorization includes Node", has("Node")),
  authorization(8, "authorization includes RBAC", has("RBAC")),
  admits(
    9,
    "EventRateLimit",
    "manual",
    `${plugins("EventRateLimit")}; it needs admission-control-config-file with its limits`,
  ),
  flags(
    10,
    "admission plugin AlwaysAdmit is off",
    "automated",
    ["enable-admission-plugins"],
    orAbsent(lacks("AlwaysAdmit")),
    own,
  ),
  admits(
    11,
    "AlwaysPullImages",
    "manual",
    `${plugins("AlwaysPullImages")}; each start of a pod then needs its registry`,
  ),
  keeps(12, "ServiceAccount"),
  keeps(13, "NamespaceLifecycle"),
  admits(14, "NodeRestriction", "automated", own),
  flags(15, "no profiling", "automated", ["profiling"], is("false"), own),
  areSet(16, "an audit log", "audit-log-path"),
  flags(17, "audit logs stay 30 days", "automated", ["audit-log-maxage"], atLeast(30), extra("audit-log-maxage", "30")),
  flags(
    18,
    "10 old audit logs stay",
    "automated",
    ["audit-log-maxbackup"],
    atLeast(10),
    extra("audit-log-maxbackup", "10"),
  ),
  flags(
    19,
    "audit logs have 100 MB",
    "automated",
    ["audit-log-maxsize"],
    atLeast(100),
    extra("audit-log-maxsize", "100"),
  ),
  // The default is 60 s; the benchmark's example is 300 s.
  flags(
    20,
    "requests end after at most 5 min",
    "manual",
    ["request-timeout"],
    orAbsent(lasts(300)),
    extra("request-timeout", "60s"),
  ),
  flags(
    21,
    "tokens of removed service accounts are refused",
    "automated",
    ["service-account-lookup"],
    orAbsent(is("true")),
    own,
  ),
  areSet(22, "the public key of service accounts' tokens", "service-account-key-file"),
  areSet(23, "a certificate for its requests to etcd", "etcd-certfile", "etcd-keyfile"),
  areSet(24, "a certificate for its clients", "tls-cert-file", "tls-private-key-file"),
  areSet(25, "the clients' CA", "client-ca-file"),
  areSet(26, "etcd's CA", "etcd-cafile"),
  flags(27, "encryption at rest", "manual", ["encryption-provider-config"], isSet, encrypt),
  setting(
    head(
      28,
      "Secrets are written by aescbc, kms or secretbox",
      "manual",
      `${encrypt}, with encryption_provider: secretbox`,
    ),
    "masters",
    { component, flag: "encryption-provider-config" },
    ({ value, shown }, host) => {
      if (value === undefined) return fail(shown);
      const groups = list(documentOf(host, "encryption-provider-config"), "resources");
      const ofSecrets = groups.find((group) =>
        list(group, "resources").some((one) => one === "secrets" || one === "*." || one === "*.*"),
      );
      const [writer] = Object.keys(list(ofSecrets, "providers")[0] ?? {});
      if (writer === undefined) return fail(`${value} has no provider for secrets`);
      return (goodProviders.includes(writer) ? pass : fail)(`${writer} first in ${value}`);
    },
  ),
  flags(29, "strong ciphers only", "manual", ["tls-cipher-suites"], within(strongCiphers), own),
  flags(
    30,
    "tokens of service accounts are not extended",
    "automated",
    ["service-account-extend-token-expiration"],
    is("false"),
    own,
  ),
];
