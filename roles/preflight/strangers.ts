import type { Checked } from "./checked.ts";

/** Warnings about nodes of the cluster that the inventory does not have. They stay as they are. */
export const strangersIn = ({ found, nodes }: Pick<Checked, "found" | "nodes">): string[] => {
  const names = (found.live?.nodes ?? []).map(({ name }) => name).filter((name) => !nodes.includes(name));
  const [first = ""] = names;
  const [what, them] = names.length === 1 ? ["a node", "it"] : ["nodes", "them"];
  return names.length === 0
    ? []
    : [
        `the cluster has ${what} that the inventory does not have: ${names.join(", ")}. Pods and Services keep running there, but kubeplay no longer updates ${them}. To take a node out, put it back into the inventory and run: npm run play -- -e remove=${first} remove. If its machine is off for good, the inventory need not have it: add -e remove_unreachable=true`,
      ];
};
