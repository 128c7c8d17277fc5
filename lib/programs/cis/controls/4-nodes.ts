import { notApplicable, passIf, type Control, type Kind } from "../control.ts";
import { find } from "../evidence/settings.ts";
import { configurationFile, fileOf, modeAtMost, ownedBy, shownMode, unitOf, type Files } from "../tests/files.ts";
import { setting, settings, type Head } from "../tests/settings.ts";
import {
  atLeast,
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

const site = "play site, which sets modes and owners of its files";
const component = "kubelet" as const;
const remove = "remove it from kubelet_extra_config, and play site";
const noProxy = notApplicable("there is no kube-proxy with a kubeconfig");

/** Two controls: the mode, and the owner with the next number. */
const both = (
  first: number,
  what: string,
  limit: number,
  kind: Kind,
  files: Files,
  ifNone?: typeof noProxy,
): readonly Control[] => {
  const head = (number: number, title: string): Head => [`4.1.${String(number)}`, title, kind, site];
  return [
    modeAtMost(head(first, `mode of ${what}: at most ${shownMode(limit)}`), "nodes", limit, files, ifNone),
    ownedBy(head(first + 1, `owner of ${what}: root:root`), "nodes", "root:root", files, ifNone),
  ];
};

const kubelet = (
  number: number,
  title: string,
  kind: Kind,
  wanted: { readonly flag?: string; readonly field?: string },
  test: Test,
  remedy = remove,
): Control => settings([`4.2.${String(number)}`, title, kind, remedy], "nodes", [{ component, ...wanted }], test);

export const nodes: readonly Control[] = [
  ...both(1, "the kubelet's unit", 0o600, "automated", unitOf(component)),
  ...both(
    3,
    "kube-proxy's kubeconfig",
    0o600,
    "manual",
    fileOf(
      { component: "kube-proxy", field: "clientConnection.kubeconfig" },
      { component: "kube-proxy", flag: "kubeconfig" },
    ),
    noProxy,
  ),
  ...both(5, "the kubelet's kubeconfig", 0o600, "automated", fileOf({ component, flag: "kubeconfig" })),
  ...both(
    7,
    "the clients' CA",
    0o644,
    "manual",
    fileOf({ component, flag: "client-ca-file", field: "authentication.x509.clientCAFile" }),
  ),
  ...both(9, "the kubelet's configuration", 0o600, "automated", configurationFile(component)),
  kubelet(
    1,
    "no anonymous requests",
    "automated",
    { flag: "anonymous-auth", field: "authentication.anonymous.enabled" },
    is("false"),
  ),
  kubelet(
    2,
    "authorization is not AlwaysAllow",
    "automated",
    { flag: "authorization-mode", field: "authorization.mode" },
    lacks("AlwaysAllow"),
  ),
  kubelet(
    3,
    "a CA for clients",
    "automated",
    { flag: "client-ca-file", field: "authentication.x509.clientCAFile" },
    isSet,
  ),
  kubelet(4, "no port without login", "manual", { flag: "read-only-port", field: "readOnlyPort" }, orAbsent(is("0"))),
  kubelet(
    5,
    "idle connections end",
    "manual",
    { flag: "streaming-connection-idle-timeout", field: "streamingConnectionIdleTimeout" },
    orAbsent(lasts()),
  ),
  kubelet(
    6,
    "it keeps its own chains of iptables",
    "automated",
    { flag: "make-iptables-util-chains", field: "makeIPTablesUtilChains" },
    orAbsent(is("true")),
  ),
  kubelet(
    7,
    "the node has the host's own name",
    "manual",
    { flag: "hostname-override" },
    isAbsent,
    "none: nodes have the names of the inventory (docs/operations/cis.md)",
  ),
  kubelet(
    8,
    "events are not suppressed",
    "manual",
    { flag: "event-qps", field: "eventRecordQPS" },
    orAbsent(atLeast(0)),
  ),
  setting(
    ["4.2.9", "a serving certificate of the cluster", "manual", remove],
    "nodes",
    { component, field: "serverTLSBootstrap" },
    (bootstrap, host) => {
      const pair = [
        { component, flag: "tls-cert-file", field: "tlsCertFile" },
        { component, flag: "tls-private-key-file", field: "tlsPrivateKeyFile" },
      ].map((one) => find(host, one));
      // The counterpart: the kubelet asks the cluster for its certificate, and renews it.
      if (bootstrap.value === "true") return passIf(true, bootstrap.shown);
      return passIf(
        pair.every(({ value }) => isSet(value)),
        pair.map(({ shown }) => shown).join("; "),
      );
    },
  ),
  kubelet(
    10,
    "client certificates are renewed",
    "automated",
    { flag: "rotate-certificates", field: "rotateCertificates" },
    orAbsent(is("true")),
  ),
  setting(
    ["4.2.11", "serving certificates may rotate", "manual", remove],
    "nodes",
    { component, field: "featureGates.RotateKubeletServerCertificate" },
    (field, host) => {
      const flag = find(host, { component, flag: "feature-gates" });
      const isOff = (flag.value ?? "").split(",").includes("RotateKubeletServerCertificate=false");
      return passIf(!isOff && field.value !== "false", isOff ? flag.shown : field.shown);
    },
  ),
  kubelet(
    12,
    "strong ciphers only",
    "manual",
    { flag: "tls-cipher-suites", field: "tlsCipherSuites" },
    within(strongCiphers),
    "remove tlsCipherSuites from kubelet_extra_config, and play site",
  ),
  kubelet(
    13,
    "a limit of processes in a pod",
    "manual",
    { flag: "pod-max-pids", field: "podPidsLimit" },
    atLeast(1),
    "kubelet_pod_pids_limit: 4096, and play site",
  ),
  kubelet(
    14,
    "pods have the runtime's seccomp profile",
    "manual",
    { flag: "seccomp-default", field: "seccompDefault" },
    is("true"),
    "kubelet_seccomp_default: true, and play site",
  ),
  settings(
    [
      "4.3.1",
      "kube-proxy's metrics are for its own host only",
      "automated",
      "play site, which writes kube-proxy's configuration",
    ],
    "nodes",
    [{ component: "kube-proxy", flag: "metrics-bind-address", field: "metricsBindAddress" }],
    orAbsent((value) => /^(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?$/.test(value ?? "")),
  ),
];
