import { InputError, type Inventory } from "kubeplay";
import type { Manifest } from "kubeplay/kubernetes";
import { nodesOf } from "../members.ts";

/** A folder of one node, as a volume. Only the disk limits its size. */
export interface Folder {
  readonly node: string;
  /** On that node; created by the kubelet. */
  readonly path: string;
}
/** A claim in the namespace of its addon. */
export interface Claim {
  readonly claim: string;
  /** The node on which the pod must run; any that has the volume if omitted. */
  readonly node?: string;
}
export type Place = Folder | Claim;

const hostname = "kubernetes.io/hostname";

/** The part of a pod's spec that ties it to its data. */
export interface Tied {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly volumes?: readonly {
    readonly name: string;
    readonly hostPath?: { readonly path: string };
    readonly persistentVolumeClaim?: { readonly claimName: string };
  }[];
}

/** Ties a pod to its data, as its volume "data". */
export function tiedTo(place: Place) {
  const nodeSelector = place.node === undefined ? {} : { nodeSelector: { [hostname]: place.node } };
  const source =
    "claim" in place
      ? { persistentVolumeClaim: { claimName: place.claim } }
      : { hostPath: { path: place.path, type: "DirectoryOrCreate" } };
  return { ...nodeSelector, volumes: [{ name: "data", ...source }] };
}

/** The data that a pod is tied to. */
export function placeOf({ nodeSelector, volumes }: Tied): Place | undefined {
  const node = nodeSelector?.[hostname];
  const data = volumes?.find(({ name }) => name === "data");
  const claim = data?.persistentVolumeClaim?.claimName;
  if (claim !== undefined) return { claim, ...(node !== undefined && { node }) };
  const path = data?.hostPath?.path;
  return node === undefined || path === undefined ? undefined : { node, path };
}

/** "node-1:/var/lib/images", or "the claim registry". */
export const nameOfPlace = (place: Place): string =>
  "claim" in place ? `the claim ${place.claim}` : `${place.node}:${place.path}`;

export interface ClaimOptions {
  readonly namespace: string;
  /** "10Gi" */
  readonly size: string;
  /** If empty, the cluster's default. */
  readonly storageClass: string;
}

/** The claim of an addon's data. */
export const claimObject = ({ claim }: Claim, { namespace, size, storageClass }: ClaimOptions): Manifest => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: claim, namespace },
  spec: {
    accessModes: ["ReadWriteOnce"],
    ...(storageClass !== "" && { storageClassName: storageClass }),
    resources: { requests: { storage: size } },
  },
});

/** The node that a variable names; if it is empty, the first node that is not a master. */
export function nodeFor(variable: string, name: string, inventory: Inventory): string {
  const nodes = nodesOf(inventory);
  const masters = inventory.group("masters");
  const [usual = masters[0]] = nodes.filter((node) => !masters.includes(node));
  const found = name === "" ? usual : nodes.find((node) => node.name === name);
  if (found) return found.name;
  const names = nodes.map((node) => node.name).join(", ");
  throw new InputError([{ message: `${variable} is "${name}", which is not a node: expected one of ${names}` }]);
}
