import { readFile } from "node:fs/promises";
import { TaskError } from "#lib/errors.ts";
import { artifact, type ArtifactState } from "#lib/queries/artifact.ts";
import { path, type PathState } from "#lib/queries/path.ts";
import { probe } from "#lib/queries/probe.ts";
import { effect } from "#lib/resources/define.ts";
import { defineResource } from "#lib/resources/task.ts";
import { quote } from "#lib/shell/quote.ts";
import { createToken, deleteToken, tokenId } from "./token.ts";

export interface Joining {
  readonly cluster: string;
  readonly node: string;
  /** On the host: where the kubelet writes its own kubeconfig, and where it finds the one to begin with. */
  readonly kubeconfig: string;
  readonly bootstrapKubeconfig: string;
  /** Where this host finds the API. */
  readonly server: string;
  /** On the controller: what the API's certificate is checked with, and who may make tokens. */
  readonly caBundle: string;
  readonly adminKubeconfig: string;
  /** The artifact: "kubeadm@1.37.2/amd64". */
  readonly kubeadm: string;
}

const clientCertificate = "/var/lib/kubelet/pki/kubelet-client-current.pem";

/** A condition: the kubelet has a kubeconfig and a certificate that holds. */
export const joined = (kubeconfig: string): string =>
  `test -s ${quote(kubeconfig)} && openssl x509 -noout -checkend 0 -in ${clientCertificate}`;

/** Younger than the token lives, with time left to use it; a run that was cut off may have left an old one. */
const fresh = (file: string): string => `test -n "$(find ${quote(file)} -maxdepth 0 -mmin -20)"`;

const kubeconfigWith = (p: Joining, token: string, ca: Buffer): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: p.cluster, cluster: { server: p.server, "certificate-authority-data": ca.toString("base64") } }],
    users: [{ name: "kubelet-bootstrap", user: { token } }],
    contexts: [{ name: "bootstrap", context: { cluster: p.cluster, user: "kubelet-bootstrap" } }],
    "current-context": "bootstrap",
  });

const tokensOf = (p: Joining, kubeadm: ArtifactState) => {
  if (!kubeadm) throw new TaskError(`${p.kubeadm} is not in the artifact cache: run with --tags artifacts first`);
  return { kubeadm: kubeadm.file, kubeconfig: p.adminKubeconfig };
};

/** A token of its own for a node that has not joined, in a kubeconfig that its kubelet begins with. */
export const bootstrapToken = defineResource({
  kind: "bootstrap token",
  label: (p: Joining) => p.node,
  needs: (p) => ({
    ready: probe(`${joined(p.kubeconfig)} || ${fresh(p.bootstrapKubeconfig)}`),
    kubeadm: artifact(p.kubeadm),
  }),
  diff: ({ ready }) => (ready ? [] : [{ what: "token", before: undefined, after: undefined, secret: true }]),
  apply: (_found, { kubeadm }, p) => {
    let token = "";
    return [
      {
        onController: async () => {
          token = await createToken(tokensOf(p, kubeadm), tokenId(p.cluster, p.node), `kubelet of ${p.node}`);
        },
      },
      {
        upload: async () => ({ bytes: Buffer.from(kubeconfigWith(p, token, await readFile(p.caBundle))) }),
        to: p.bootstrapKubeconfig,
        mode: 0o600,
      },
    ];
  },
  forecast: () => ({ ready: true }),
  effects: (p) => [effect<PathState>(path(p.bootstrapKubeconfig), { type: "file", mode: 0o600 })],
  hint: () => "Does the API answer the controller? kubectl --kubeconfig .kubeplay/…/super-admin.kubeconfig get nodes",
});

/** The token and its kubeconfig go when the node has joined: it has a certificate of its own then. */
export const noBootstrapToken = defineResource({
  kind: "bootstrap token",
  label: (p: Joining) => p.node,
  needs: (p) => ({ file: path(p.bootstrapKubeconfig), kubeadm: artifact(p.kubeadm) }),
  diff: ({ file }) => (file.type === "absent" ? [] : [{ what: "state", before: "present", after: "absent" }]),
  apply: (_found, { kubeadm }, p) => [
    { onController: () => deleteToken(tokensOf(p, kubeadm), tokenId(p.cluster, p.node)) },
    `rm -f -- ${quote(p.bootstrapKubeconfig)}`,
  ],
  forecast: () => ({ file: { type: "absent" as const } }),
});
