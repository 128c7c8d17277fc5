import { nodesOfVolume, type ListedVolume } from "#cluster/node-volumes.ts";
import { defineCheck, type Finding } from "../check.ts";
import { at, fullName, list, nameOf, secondsSince, text } from "../../reading/objects.ts";

const paths = {
  claims: "/api/v1/persistentvolumeclaims",
  volumes: "/api/v1/persistentvolumes",
  classes: "/apis/storage.k8s.io/v1/storageclasses",
  pods: "/api/v1/pods",
  nodes: "/api/v1/nodes",
};
/** Seconds in which a volume may be made. */
const patience = 300;

const isDefault = (storageClass: unknown): boolean =>
  at(storageClass, "metadata", "annotations", "storageclass.kubernetes.io/is-default-class") === "true";

/** The claims that pods use, as "namespace/name". */
const usedBy = (pods: readonly unknown[]): ReadonlySet<string> =>
  new Set(
    pods.flatMap((pod) =>
      list(pod, "spec", "volumes")
        .map((volume) => text(volume, "persistentVolumeClaim", "claimName"))
        .filter((name) => name !== "")
        .map((name) => `${text(pod, "metadata", "namespace")}/${name}`),
    ),
  );

interface Around {
  readonly classes: readonly unknown[];
  readonly used: ReadonlySet<string>;
  readonly now: Date;
}

/** Why a claim has no volume; undefined if it has one, or needs none yet. */
function claimTrouble(
  claim: unknown,
  { classes, used, now }: Around,
): Omit<Finding, "severity" | "subject"> | undefined {
  const phase = text(claim, "status", "phase");
  if (phase === "Bound") return undefined;
  const described = `npm run kubectl -- -n ${text(claim, "metadata", "namespace")} describe pvc ${nameOf(claim)}`;
  if (phase === "Lost")
    return {
      problem: `its volume ${text(claim, "spec", "volumeName")} does not exist any more`,
      remedy: "its data is lost: delete the claim, and bring the data back from a backup of yours",
    };
  const name = text(claim, "spec", "storageClassName");
  // An empty name asks for a volume that a person made.
  const asksForDefault = at(claim, "spec", "storageClassName") === undefined;
  if (asksForDefault && !classes.some(isDefault))
    return {
      problem: "it names no StorageClass, and the cluster has no default one",
      remedy: "storage_state: present makes one; or name a class in the claim",
    };
  if (name !== "" && classes.every((one) => nameOf(one) !== name))
    return {
      problem: `its StorageClass ${name} does not exist`,
      remedy: "make the class, or name another in a new claim",
    };
  // Most classes wait for a pod that uses the claim.
  if (!used.has(fullName(claim)) || secondsSince(now, text(claim, "metadata", "creationTimestamp")) < patience)
    return undefined;
  return { problem: "a pod waits for it, and it has no volume", remedy: `${described} has the reason in its events` };
}

const claimOf = (volume: unknown): string =>
  `${text(volume, "spec", "claimRef", "namespace")}/${text(volume, "spec", "claimRef", "name")}`;

function volumeTrouble(volume: unknown, nodes: readonly string[]): Omit<Finding, "severity" | "subject"> | undefined {
  const on = nodesOfVolume(volume as ListedVolume);
  if (on.length > 0 && on.every((name) => !nodes.includes(name)))
    return {
      problem: `the data of the claim ${claimOf(volume)} is on ${on.join(", ")}, which is no node of the cluster: its pods start nowhere`,
      remedy: `bring the node back; or delete the claim and the volume, whose data is lost then`,
    };
  if (text(volume, "status", "phase") === "Failed")
    return {
      problem: "its folder could not be removed",
      cause: text(volume, "status", "message"),
      remedy: `npm run kubectl -- describe pv ${nameOf(volume)}`,
    };
  return undefined;
}

export const volumes = defineCheck({
  name: "volumes",
  description: "Every claim that a pod uses has a volume, on a node of the cluster.",
  fromApi: Object.values(paths),
  findings: ({ api, now }) => {
    const items = (path: string): readonly unknown[] => list(api(path), "items");
    // Without one of the answers, a class or a node would seem to be missing.
    if (Object.values(paths).some((path) => api(path) === undefined)) return [];
    const around = { classes: items(paths.classes), used: usedBy(items(paths.pods)), now };
    const nodes = items(paths.nodes).map(nameOf);
    return [
      ...items(paths.claims).flatMap((claim): Finding[] => {
        const trouble = claimTrouble(claim, around);
        return trouble ? [{ severity: "error", subject: `claim ${fullName(claim)}`, ...trouble }] : [];
      }),
      ...items(paths.volumes).flatMap((volume): Finding[] => {
        const trouble = volumeTrouble(volume, nodes);
        return trouble ? [{ severity: "error", subject: `volume ${nameOf(volume)}`, ...trouble }] : [];
      }),
    ];
  },
});
