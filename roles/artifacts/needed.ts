import { PlayError } from "#lib/errors.ts";
import { catalogue } from "./catalogue.ts";
import type { ImageSet } from "./sets.ts";

/** What the hosts of a play make of the artifacts. */
export interface Uses {
  /** Whether there is a lab, whose registry runs on the controller. */
  readonly lab: boolean;
  readonly sets: readonly ImageSet[];
  /** What the images that are made here are made of, as name@version/architecture; none where they come from elsewhere. */
  readonly ofImages: readonly string[];
}

const ofEveryCluster = ["kubernetes", "etcd", "containerd", "crictl", "cni-plugins"];

/** What deploys an addon, whoever gives its images. */
const ofSets: Readonly<Partial<Record<ImageSet, readonly string[]>>> = {
  cilium: ["helm", "cilium-chart"],
  "metrics-server": ["helm", "metrics-server-chart"],
  monitoring: ["kube-prometheus-manifests"],
  e2e: ["e2e"],
};

function componentOf(artifact: string): string {
  const name = artifact.slice(0, artifact.indexOf("@"));
  const component = catalogue.find(({ binaries }) => binaries.includes(name));
  if (component) return component.name;
  throw new PlayError(`no component of the catalogue has ${artifact}`);
}

/** The catalogue's components that are used at all: what nobody runs is neither fetched nor built. */
export const neededComponents = ({ lab, sets, ofImages }: Uses): string[] => [
  ...new Set([
    ...ofEveryCluster,
    ...(lab ? ["registry"] : []),
    ...sets.flatMap((set) => ofSets[set] ?? []),
    ...(ofImages.length > 0 ? ["crane"] : []),
    ...ofImages.map(componentOf),
  ]),
];
