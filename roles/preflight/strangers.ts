import type { Checked } from "./checked.ts";

/** Warnings about nodes of the cluster that the inventory does not have, or that this cannot be known. They stay as they are. */
export const strangersIn = ({ found, nodes, live }: Pick<Checked, "found" | "nodes" | "live">): string[] => {
  const isMember = ["kube-apiserver", "kubelet"].some((name) => found.installed.includes(name));
  if (live && !found.live && isMember) return [unanswered];
  const names = (found.live?.nodes ?? []).map(({ name }) => name).filter((name) => !nodes.includes(name));
  const [first = ""] = names;
  const [what, them] = names.length === 1 ? ["a node", "it"] : ["nodes", "them"];
  return names.length === 0
    ? []
    : [
        `the cluster has ${what} that the inventory does not have: ${names.join(", ")}. Pods and Services keep running there, but kubeplay no longer updates ${them}. To take a node out, put it back into the inventory and run: npm run play -- -e remove=${first} remove. If its machine is off for good, the inventory need not have it: add -e remove_unreachable=true`,
      ];
};

const unanswered =
  "no API server answers the controller: this run cannot see nodes that the inventory does not have, which versions they run, and whether all hosts that a new node needs take part";
