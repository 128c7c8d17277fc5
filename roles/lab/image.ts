import { defineResource, queries, quote } from "kubeplay";
import { containerRoot, makeRoot, rootName, type Root } from "./root.ts";

export interface ImageProps {
  readonly root: Root;
  /** The folder that caches the root file system. */
  readonly cache: string;
}

export const imageName = (root: Root): string => `localhost/kubeplay-lab:${rootName(root)}`;
/** The image that lab hosts start from. */
export const labImageName = imageName(containerRoot);

const build = ({ root, cache }: ImageProps): string => `set -eu
${makeRoot(root, `${cache}/debian-${rootName(root)}.tar`)}
podman import --quiet "$root" ${quote(imageName(root))}`;

/** A podman image, made from Debian's packages. */
export const labImage = defineResource({
  kind: "lab image",
  label: (p: ImageProps) => imageName(p.root),
  needs: (p) => ({ exists: queries.probe(`podman image exists ${quote(imageName(p.root))}`) }),
  diff: ({ exists }, p) => (exists ? [] : [{ what: "image", before: undefined, after: imageName(p.root) }]),
  apply: (_differences, _now, p) => [{ sh: build(p), timeout: 900 }],
  forecast: () => ({ exists: true }),
});
