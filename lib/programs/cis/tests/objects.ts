import { fail, type ClusterControl, type Judgement } from "../control.ts";
import { itemsOf, type ClusterEvidence, type ListName } from "../evidence/cluster.ts";
import { headOf, type Head } from "./settings.ts";

/** What nobody answered is not right. */
export const unasked: Judgement = fail("the API gave no answer");

/** A control that objects of the API decide. It fails if the API did not answer. */
export const byObjects = <N extends ListName>(
  head: Head,
  names: readonly N[],
  judge: (objects: Readonly<Record<N, readonly unknown[]>>, cluster: ClusterEvidence) => Judgement,
): ClusterControl => ({
  ...headOf(head),
  hosts: "cluster",
  judge: (cluster) => {
    const objects = itemsOf(cluster, ...names);
    return objects ? judge(objects, cluster) : unasked;
  },
});
