import { defineResource, type Difference, effect, queries, quote, TaskError } from "kubeplay";
import type { Certificate } from "#engine/pki/inspect.ts";
import { nameInWords } from "#engine/pki/name.ts";
import { issuerFault } from "#engine/pki/verify.ts";
import { createToken, deleteToken, tokenId } from "./token.ts";

export interface Joining {
  readonly cluster: string;
  readonly node: string;
  /** Where this host finds the API. */
  readonly server: string;
  /** On the host: what the kubelet begins with, and the CAs that it trusts. */
  readonly bootstrapKubeconfig: string;
  readonly trusted: string;
  /** On the controller: the CAs that kubelets' certificates are signed by, and who may make tokens. */
  readonly caBundle: string;
  readonly adminKubeconfig: string;
  /** The artifact that runs on the controller: "kubeadm@1.37.2/amd64". */
  readonly kubeadm: string;
  /** Seconds for which the API is waited for. */
  readonly patience: number;
}

const certificates = "/var/lib/kubelet/pki";
/** Certificate and key in one file; the kubelet renews it by itself. */
export const clientCertificate = `${certificates}/kubelet-client-current.pem`;

/** A condition: the kubelet has a certificate that holds, of one of the CAs that this host trusts. */
export const joined = (trusted: string): string =>
  `openssl verify -partial_chain -CAfile ${quote(trusted)} ${clientCertificate}`;

/** Younger than the token lives, with time left to use it, and for this API: a run that was cut off may have left another. */
const fresh = ({ bootstrapKubeconfig: file, server }: Joining): string =>
  `test -n "$(find ${quote(file)} -maxdepth 0 -mmin -20)" && grep -qF ${quote(`"${server}"`)} ${quote(file)}`;

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
  return { kubeadm: kubeadm.file, kubeconfig: p.adminKubeconfig };
};

interface Now {
  readonly certificate: queries.HostCertificateState;
  readonly cas: queries.CertificateState;
  readonly fresh: boolean;
  readonly kubeadm: queries.ArtifactState;
}

const isOf = (certificate: Certificate, cas: queries.CertificateState): boolean =>
  cas.type === "certificate" &&
  [cas.certificate, ...cas.chain].some((ca) => issuerFault(certificate, ca) === undefined);

/** What keeps the node out of the cluster, in words; undefined where nothing does. */
function fault({ certificate: held, cas }: Now): string | undefined {
  if (!held) return "absent";
  const { certificate, daysLeft } = held;
  if (daysLeft <= 0) return `ended on ${certificate.notAfter.toISOString().slice(0, 10)}`;
  return isOf(certificate, cas)
    ? undefined
    : `of ${nameInWords(certificate.issuer)}, which is none of the cluster's CAs`;
}

/**
 * A token of its own for a node that has not joined, or not this cluster, in a kubeconfig that its kubelet begins with.
 * A kubelet asks for certificates only where it has none, and only when it starts: one that runs has to be restarted.
 */
export const bootstrapToken = defineResource({
  kind: "bootstrap token",
  label: (p: Joining) => p.node,
  needs: (p) => ({
    certificate: queries.hostCertificate(clientCertificate),
    cas: queries.certificateFile(p.caBundle),
    fresh: queries.probe(fresh(p)),
    kubeadm: queries.artifact(p.kubeadm),
  }),
  diff: (now: Now): Difference[] => {
    const before = fault(now);
    return before === undefined || now.fresh
      ? []
      : [{ what: "client certificate", before, after: "one of this cluster, asked for with a token" }];
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
  forecast: () => ({ certificate: undefined, fresh: true }),
  effects: (p) => [
    effect<queries.PathState>(queries.path(p.bootstrapKubeconfig), { type: "file", mode: 0o600 }),
    { below: certificates },
  ],
  hint: () => "Does the API answer the controller? kubectl --kubeconfig .kubeplay/…/super-admin.kubeconfig get nodes",
});

/** The token and its kubeconfig go when the node has joined: it has a certificate of its own then. */
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
