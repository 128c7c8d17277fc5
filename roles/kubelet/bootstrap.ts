import { defineResource, type Difference, effect, queries, quote, TaskError } from "kubeplay";
import type { Certificate } from "#engine/pki/inspect.ts";
import { endInWords, nearsEnd } from "#engine/pki/life.ts";
import { nameInWords } from "#engine/pki/name.ts";
import { issuerFault } from "#engine/pki/verify.ts";
import { tokenId } from "#cluster/bootstrap-token.ts";
import { createToken, deleteToken } from "./token.ts";

export interface Joining {
  readonly cluster: string;
  readonly node: string;
  /** The URL of the API for this host. */
  readonly server: string;
  /** On the host: the kubeconfig that the kubelet starts with, and the CAs that it trusts. */
  readonly bootstrapKubeconfig: string;
  readonly trusted: string;
  /** On the controller: the CAs that issue kubelets' certificates now, and a kubeconfig that may create tokens. */
  readonly issuers: string;
  readonly adminKubeconfig: string;
  /** https://host:port of all API servers, for the controller. */
  readonly servers: readonly string[];
  /** The artifact that runs on the controller: "kubeadm@1.37.2/amd64". */
  readonly kubeadm: string;
  /** Seconds to wait for the API. */
  readonly patience: number;
  /** Certificates with fewer days left are reported. */
  readonly warnBeforeDays: number;
}

const certificates = "/var/lib/kubelet/pki";
/** Certificate and key in one file, which the kubelet renews by itself. */
export const clientCertificate = `${certificates}/kubelet-client-current.pem`;
const servingCertificate = `${certificates}/kubelet-server-current.pem`;

/** A shell condition: the kubelet has a valid certificate from one of the CAs that this host trusts. */
export const joined = (trusted: string): string =>
  `openssl verify -partial_chain -CAfile ${quote(trusted)} ${clientCertificate}`;

/**
 * A shell condition: the bootstrap kubeconfig is for this API, and so young that its kubelet may still wait for an answer.
 * A token gets one certificate, and a kubelet that ends before it has stored that needs a new token: the next run makes it.
 */
const fresh = ({ bootstrapKubeconfig: file, server }: Joining): string =>
  `test -n "$(find ${quote(file)} -maxdepth 0 -mmin -3)" && grep -qF ${quote(`"${server}"`)} ${quote(file)}`;

const kubeconfigWith = (p: Joining, token: string): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: p.cluster, cluster: { server: p.server, "certificate-authority": p.trusted } }],
    users: [{ name: "kubelet-bootstrap", user: { token } }],
    contexts: [{ name: "bootstrap", context: { cluster: p.cluster, user: "kubelet-bootstrap" } }],
    "current-context": "bootstrap",
  });

const tokensOf = (p: Joining, kubeadm: queries.ArtifactState) => {
  if (!kubeadm) throw new TaskError(`${p.kubeadm} is not in the artifact cache: run with --tags artifacts first`);
  return { kubeadm: kubeadm.file, kubeconfig: p.adminKubeconfig, servers: p.servers };
};

interface Now {
  readonly certificate: queries.HostCertificateState;
  /** Only reported. */
  readonly serving: queries.HostCertificateState;
  readonly cas: queries.CertificateState;
  readonly fresh: boolean;
  readonly kubeadm: queries.ArtifactState;
}

const isOf = (certificate: Certificate, cas: queries.CertificateState): boolean =>
  cas.type === "certificate" &&
  [cas.certificate, ...cas.chain].some((ca) => issuerFault(certificate, ca) === undefined);

/** Why the node is not in the cluster; undefined if it is. */
function fault({ certificate: held, cas }: Now): string | undefined {
  if (!held) return "absent";
  const { certificate, daysLeft } = held;
  if (daysLeft <= 0) return `expired on ${certificate.notAfter.toISOString().slice(0, 10)}`;
  return isOf(certificate, cas)
    ? undefined
    : `issued by ${nameInWords(certificate.issuer)}, which is none of the cluster's CAs`;
}

/** Kubelets request a new certificate when 70 to 90 % of the old one's life are over. */
const warningOf = (held: queries.HostCertificateState, what: string, { node, warnBeforeDays }: Joining): string[] =>
  held && held.daysLeft > 0 && nearsEnd(held, warnBeforeDays)
    ? [
        `The kubelet's ${what} on ${node} ${endInWords(held)}, and the kubelet has not renewed it: see journalctl -u kubelet there, and npm run kubectl -- get csr`,
      ]
    : [];

/**
 * A bootstrap token for a node that has not joined this cluster, in the kubeconfig that its kubelet starts with. A
 * kubelet requests a certificate only if it has none, and only when it starts: a running kubelet must be restarted.
 */
export const bootstrapToken = defineResource({
  kind: "bootstrap token",
  label: (p: Joining) => p.node,
  needs: (p) => ({
    certificate: queries.hostCertificate(clientCertificate),
    cas: queries.certificateFile(p.issuers),
    fresh: queries.probe(fresh(p)),
    kubeadm: queries.artifact(p.kubeadm),
    serving: queries.hostCertificate(servingCertificate),
  }),
  diff: (now: Now): Difference[] => {
    const before = fault(now);
    return before === undefined || now.fresh
      ? []
      : [{ what: "client certificate", before, after: "one of this cluster, requested with a token" }];
  },
  apply: (_found, { kubeadm }, p) => {
    let token = "";
    return [
      {
        onController: async (progress, stopping) => {
          const wanted = { id: tokenId(p.cluster, p.node), description: `kubelet of ${p.node}` };
          token = await createToken(tokensOf(p, kubeadm), wanted, { patience: p.patience, progress, stopping });
        },
      },
      `rm -f -- ${certificates}/kubelet-client-* ${certificates}/kubelet-server-*`,
      {
        upload: () => Promise.resolve({ bytes: Buffer.from(kubeconfigWith(p, token)) }),
        to: p.bootstrapKubeconfig,
        mode: 0o600,
      },
    ];
  },
  forecast: () => ({ certificate: undefined, serving: undefined, fresh: true }),
  warnings: ({ certificate, serving }, p) => [
    ...warningOf(certificate, "client certificate", p),
    ...warningOf(serving, "serving certificate", p),
  ],
  effects: (p) => [
    effect<queries.PathState>(queries.path(p.bootstrapKubeconfig), { type: "file", mode: 0o600 }),
    { below: certificates },
  ],
  hint: () =>
    "Check that the API answers the controller: kubectl --kubeconfig .kubeplay/…/super-admin.kubeconfig get nodes",
});

/** Removes the token and its kubeconfig. A node that has joined has its own certificate. */
export const noBootstrapToken = defineResource({
  kind: "bootstrap token",
  label: (p: Joining) => p.node,
  needs: (p) => ({ file: queries.path(p.bootstrapKubeconfig), kubeadm: queries.artifact(p.kubeadm) }),
  diff: ({ file }) => (file.type === "absent" ? [] : [{ what: "state", before: "present", after: "absent" }]),
  apply: (_found, { kubeadm }, p) => [
    {
      onController: (progress, stopping) =>
        deleteToken(tokensOf(p, kubeadm), tokenId(p.cluster, p.node), { patience: p.patience, progress, stopping }),
    },
    `rm -f -- ${quote(p.bootstrapKubeconfig)}`,
  ],
  forecast: () => ({ file: { type: "absent" as const } }),
});
