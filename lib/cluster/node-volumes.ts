import { refusal, type Api } from "kubeplay/kubernetes";
import { apiQuery } from "#kubernetes/api/api-query.ts";
import type { Unreachable } from "#kubernetes/api/kubernetes-api.ts";

/** A volume on the disk of one node. */
export interface NodeVolume {
  readonly name: string;
  /** Namespace and name of its claim, if it has one. */
  readonly claim?: { readonly namespace: string; readonly name: string };
}
export type NodeVolumes = Unreachable | { readonly type: "found"; readonly volumes: readonly NodeVolume[] };

/** A PersistentVolume in a list of the API. */
export interface ListedVolume {
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly claimRef?: { readonly namespace: string; readonly name: string };
    readonly nodeAffinity?: {
      readonly required?: {
        readonly nodeSelectorTerms?: readonly {
          readonly matchExpressions?: readonly { readonly key: string; readonly values?: readonly string[] }[];
        }[];
      };
    };
  };
}

/** The nodes that have a volume; none if any node reaches it. */
export const nodesOfVolume = ({ spec }: ListedVolume): readonly string[] =>
  (spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [])
    .flatMap(({ matchExpressions = [] }) => matchExpressions)
    .filter(({ key }) => key === "kubernetes.io/hostname")
    .flatMap(({ values = [] }) => values);

/** The volumes that only this node has. */
export async function volumesOn(api: Api, node: string): Promise<readonly NodeVolume[]> {
  const answer = await api.ask("GET", "/api/v1/persistentvolumes");
  if (answer.status !== 200) throw refusal("the volumes cannot be listed", answer);
  return (answer.body as { readonly items: readonly ListedVolume[] }).items
    .filter((volume) => nodesOfVolume(volume).join(" ") === node)
    .map(({ metadata: { name }, spec }) => {
      const claim = spec?.claimRef;
      return { name, ...(claim && { claim: { namespace: claim.namespace, name: claim.name } }) };
    });
}

/** The volumes of a node, for a run's comparison. */
export const nodeVolumes = apiQuery<string, NodeVolumes>("volumes of a node", async (api, node) => ({
  type: "found",
  volumes: await volumesOn(api, node),
}));
