import type { Inventory } from "#lib/inventory/types.ts";
import { InputError } from "#lib/errors.ts";
import type { Manifest } from "#lib/queries/object.ts";
import { nodesOf } from "#roles/cluster/members.ts";

export interface Volume {
  readonly name: string;
  readonly namespace: string;
  /** The node that has it: a pod that uses it runs there and nowhere else. */
  readonly node: string;
  /** On that node; made by the kubelet. */
  readonly path: string;
  /** "10Gi". Nobody keeps to it but the scheduler. */
  readonly size: string;
}

/** A folder of a node as a volume, and the claim that means it: a cluster of plain hosts has nobody who provides any. */
export const volume = ({ name, namespace, node, path, size }: Volume): readonly Manifest[] => [
  {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `${namespace}-${name}` },
    spec: {
      capacity: { storage: size },
      accessModes: ["ReadWriteOnce"],
      // An addon that is taken away leaves its data where they are.
      persistentVolumeReclaimPolicy: "Retain",
      storageClassName: "",
      hostPath: { path, type: "DirectoryOrCreate" },
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] },
          ],
        },
      },
    },
  },
  {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, namespace },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "",
      volumeName: `${namespace}-${name}`,
      resources: { requests: { storage: size } },
    },
  },
];

/** The node that a variable names; the first one that is no master where it names none. */
export function nodeFor(variable: string, name: string, inventory: Inventory): string {
  const nodes = nodesOf(inventory);
  const masters = inventory.group("masters");
  const [usual = masters[0]] = nodes.filter((node) => !masters.includes(node));
  const found = name === "" ? usual : nodes.find((node) => node.name === name);
  if (found) return found.name;
  const names = nodes.map((node) => node.name).join(", ");
  throw new InputError([{ message: `${variable} is "${name}", which is no node: expected one of ${names}` }]);
}
