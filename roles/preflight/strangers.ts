import type { Checked } from "./checked.ts";

/** Warnings about nodes of the cluster that the inventory does not have. They stay as they are. */
export const strangersIn = ({ found, nodes }: Pick<Checked, "found" | "nodes">): string[] => {
  const names = (found.live?.nodes ?? []).map(({ name }) => name).filter((name) => !nodes.includes(name));
  return names.length === 0
    ? []
    : [
        `the cluster has ${names.length === 1 ? "a node" : "nodes"} that the inventory does not have: ${names.join(", ")}. Pods and Services keep running there, but kubeplay no longer updates ${names.length === 1 ? "it" : "them"}. To take a node out, see "Taking a node out" in docs/operating.md; otherwise restore the inventory`,
      ];
};
