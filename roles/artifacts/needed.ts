/** What the hosts of a play make of the artifacts. */
export interface Uses {
  /** Whether there is a lab, whose registry runs on the controller. */
  readonly lab: boolean;
  /** The images that are made here, by their path in the registry; none where images come from elsewhere. */
  readonly images: readonly string[];
}

const ofEveryCluster = ["kubernetes", "etcd", "containerd", "crictl", "cni-plugins"];

/** Image → the component that its program is of. */
const ofImages: Readonly<Record<string, string>> = {
  pause: "pause",
  "coredns/coredns": "coredns",
  "e2e-test-images/agnhost": "agnhost",
};

/** The catalogue's components that are used at all: what nobody runs is neither fetched nor built. */
export const neededComponents = ({ lab, images }: Uses): string[] => [
  ...ofEveryCluster,
  ...(lab ? ["registry"] : []),
  ...(images.length > 0 ? ["crane"] : []),
  ...images.flatMap((image) => ofImages[image] ?? []),
];
