import { InputError, type Inventory } from "kubeplay";
import { nodesOf } from "../members.ts";

/** A folder of one node, as a volume: a cluster of plain hosts has no provisioner. Only the disk limits its size. */
export interface Folder {
  readonly node: string;
  /** On that node; created by the kubelet. */
  readonly path: string;
}

const hostname = "kubernetes.io/hostname";

/** The part of a pod's spec that ties it to a folder: the pod runs on that node only. */
export interface Tied {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly volumes?: readonly { readonly name: string; readonly hostPath?: { readonly path: string } }[];
}

/** Ties a pod to the folder, as its volume "data". */
export const tiedTo = ({ node, path }: Folder) => ({
  nodeSelector: { [hostname]: node },
  volumes: [{ name: "data", hostPath: { path, type: "DirectoryOrCreate" } }],
});

/** The folder that a pod is tied to. */
export function folderOf({ nodeSelector, volumes }: Tied): Folder | undefined {
  const node = nodeSelector?.[hostname];
  const path = volumes?.find(({ name }) => name === "data")?.hostPath?.path;
  return node === undefined || path === undefined ? undefined : { node, path };
}

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
