import { defineResource, type Difference, TaskError, type WaitOptions, waitUntil } from "kubeplay";
import { refusal, useApi, type Api, type ApiAccess } from "kubeplay/kubernetes";
import { apiQuery } from "#kubernetes/api/api-query.ts";
import type { Unreachable } from "#kubernetes/api/kubernetes-api.ts";
import { unreachable } from "#kubernetes/manifests/unreachable.ts";
import { volumesOn, type NodeVolume } from "#cluster/node-volumes.ts";
import type { RunningCluster } from "#cluster/running-cluster.ts";

export interface NodeObjectsProps extends ApiAccess {
  readonly node: string;
  /** The id of its bootstrap token. */
  readonly token: string;
  /** Whether the volumes that only it has go too, with their claims. */
  readonly withVolumes: boolean;
}
type Subject = Pick<NodeObjectsProps, "node" | "token" | "withVolumes">;

/** An object that belongs to the node. */
interface Belonging {
  /** "Lease kube-node-lease/worker-3". */
  readonly name: string;
  readonly path: string;
}

interface Listed {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly username?: string };
}

/** Lists objects at a path of the API, which may be that of all namespaces. */
async function list(
  api: Api,
  kind: string,
  path: string,
  isIts: (one: Listed) => boolean = () => true,
): Promise<Belonging[]> {
  const answer = await api.ask("GET", path);
  if (answer.status !== 200) throw refusal(`${path} cannot be listed`, answer);
  const [, root = "", plural = ""] = /^(.*?)(?:\/namespaces\/[^/]+)?\/([^/?]+)(?:\?.*)?$/.exec(path) ?? [];
  return (answer.body as { readonly items: readonly Listed[] }).items
    .filter(isIts)
    .map(({ metadata: { name, namespace } }) => ({
      name: `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`,
      path: `${root}${namespace === undefined ? "" : `/namespaces/${namespace}`}/${plural}/${name}`,
    }));
}

const named = (name: string): string => `?fieldSelector=${encodeURIComponent(`metadata.name=${name}`)}`;

/** Everything in the API that is there for one node, in the order in which it is deleted: without its Node, nothing comes back. */
async function belongings(api: Api, { node, token, withVolumes }: Subject): Promise<readonly Belonging[]> {
  const identity = encodeURIComponent(`apiserver.kubernetes.io/identity=kube-apiserver,kubernetes.io/hostname=${node}`);
  const users = [`system:node:${node}`, `system:bootstrap:${token}`];
  const found = await Promise.all([
    list(api, "Node", `/api/v1/nodes${named(node)}`),
    list(api, "Pod", `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${node}`)}`),
    list(api, "Lease", `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases${named(node)}`),
    list(api, "Lease", `/apis/coordination.k8s.io/v1/namespaces/kube-system/leases?labelSelector=${identity}`),
    list(api, "CertificateSigningRequest", "/apis/certificates.k8s.io/v1/certificatesigningrequests", ({ spec }) =>
      users.includes(spec?.username ?? ""),
    ),
    list(api, "Secret", `/api/v1/namespaces/kube-system/secrets${named(`bootstrap-token-${token}`)}`),
  ]);
  return [...found.flat(), ...(withVolumes ? (await volumesOn(api, node)).flatMap(volumeObjects) : [])];
}

/** A claim goes first: its volume is in use until then. */
const volumeObjects = ({ name, claim }: NodeVolume): readonly Belonging[] => [
  ...(claim
    ? [
        {
          name: `PersistentVolumeClaim ${claim.namespace}/${claim.name}`,
          path: `/api/v1/namespaces/${claim.namespace}/persistentvolumeclaims/${claim.name}`,
        },
      ]
    : []),
  { name: `PersistentVolume ${name}`, path: `/api/v1/persistentvolumes/${name}` },
];

type Found = { readonly type: "found"; readonly objects: readonly Belonging[] } | Unreachable;

const of = apiQuery(
  "objects of a node",
  async (api, subject: Subject) => ({ type: "found", objects: await belongings(api, subject) }) as const,
);

/** Seconds until all are gone, after they were deleted. */
const within = 120;

async function deleteAll(api: Api, p: NodeObjectsProps, wait: WaitOptions): Promise<void> {
  const left = await waitUntil(
    async () => {
      const objects = await belongings(api, p);
      for (const { name, path } of objects) {
        const options = { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0 };
        const answer = await api.ask("DELETE", path, { type: "application/json", body: options });
        if (![200, 202, 404, 409].includes(answer.status)) throw refusal(`${name} cannot be deleted`, answer);
      }
      return objects.length === 0 ? undefined : `still there: ${objects.map(({ name }) => name).join(", ")}`;
    },
    { within, every: 1000 },
    wait,
  );
  if (left !== undefined)
    throw new TaskError(
      `${left}, ${within} s after they were deleted: do they have finalizers? npm run kubectl -- get … -o yaml`,
    );
}

/**
 * Removes a node from the API: its Node, the pods on it, leases, certificate requests and bootstrap token. Its kubelet
 * must not run any more: its pods are deleted without waiting for it.
 */
export const noNodeObjects = defineResource({
  kind: "node objects",
  label: ({ node }: NodeObjectsProps) => node,
  needs: ({ node, token, withVolumes, ...access }) => ({ found: of(access, { node, token, withVolumes }) }),
  diff: ({ found }: { readonly found: Found }): Difference[] => {
    if (found.type === "unreachable") throw unreachable(found);
    return found.objects.map(({ name }) => ({ what: name, before: "present", after: "absent" }));
  },
  apply: (_found, _now, p) => [
    {
      onController: (progress, stopping) => {
        const wait = { progress, stopping };
        return useApi(p, wait, (api) => deleteAll(api, p, wait));
      },
    },
  ],
  // Other tasks ask which nodes there are, such as that of the routes to their pods.
  effects: ({ node }) => [
    {
      kind: "running cluster",
      becomes: (state) => {
        const cluster = state as RunningCluster | undefined;
        return cluster && { ...cluster, nodes: cluster.nodes.filter(({ name }) => name !== node) };
      },
    },
  ],
  forecast: (): { found: Found } => ({ found: { type: "found", objects: [] } }),
});
