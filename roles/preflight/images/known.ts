import { defineQuery, defineResource, quote } from "kubeplay";
import { imageDigests, type ImageDigests } from "#artifacts/images/image-lock.ts";
import { referenceName, type ImageReference } from "#artifacts/images/reference.ts";
import { imagesOfNodes, type ClusterQuestion } from "#cluster/running-cluster.ts";
import { linesOf } from "#engine/queries/keys.ts";
import { namesOf } from "#cluster/pulls/endpoints.ts";

/** The names of the images that a host's containerd has; empty if it does not run. The key is the path of ctr. */
const imagesOfHost = defineQuery<readonly string[]>({
  kind: "containerd's images",
  ask: (programs) =>
    programs.map((ctr) => `${quote(ctr)} --namespace k8s.io images ls -q 2>/dev/null; echo .`).join("\n"),
  parse: (stdout, programs) => {
    const lists = stdout.split(/^\.$/m).map(linesOf);
    return new Map(programs.map((ctr, index) => [ctr, lists[index] ?? []]));
  },
});

export interface UnseenProps {
  readonly host: string;
  readonly ctr: string;
  readonly cluster: ClusterQuestion;
  /** Images that the host may have to pull. */
  readonly images: readonly ImageReference[];
}
interface State {
  readonly here: readonly string[];
  readonly there: readonly string[];
  readonly digests: ImageDigests;
}

/**
 * The images that neither the host nor a node of its cluster has. What a node has was pulled before, so nobody must
 * ask for it again: a run with nothing to do asks no registry.
 */
export const unseenImages = defineResource({
  kind: "unseen images",
  label: (p: UnseenProps) => p.host,
  needs: (p) => ({
    here: imagesOfHost(p.ctr),
    there: imagesOfNodes(p.cluster),
    digests: imageDigests(""),
  }),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  output: ({ here, there, digests }: State, { images }): readonly ImageReference[] => {
    const seen = new Set([...here, ...there]);
    return images.filter((image) => {
      const digest = image.digest ?? digests[referenceName(image)];
      return !namesOf(digest === undefined ? image : { ...image, digest }).some((name) => seen.has(name));
    });
  },
  reads: true,
});
