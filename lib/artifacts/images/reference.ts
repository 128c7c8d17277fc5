import { PlayError } from "#engine/errors.ts";
import type { Recipe } from "./recipe.ts";

/** An image of an official registry. */
export interface ImageReference {
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
  /** "sha256:…", of the image or of the index of its architectures. */
  readonly digest?: string;
}

/** "registry.k8s.io/pause:3.10.2" */
export const referenceName = ({ host, repository, tag }: ImageReference): string => `${host}/${repository}:${tag}`;

/** "registry.k8s.io/pause:3.10.2" or "…@sha256:…". Throws PlayError for anything else. */
export function parseReference(text: string): ImageReference {
  const pattern = /^(?<host>[^/@]+)\/(?<repository>[^:@]+):(?<tag>[^:@/]+)(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;
  const { host, repository, tag, digest } = pattern.exec(text)?.groups ?? {};
  if (host === undefined || repository === undefined || tag === undefined)
    throw new PlayError(`"${text}" is not an image, expected host/repository:tag, with @sha256:… if it is pinned`);
  return { host, repository, tag, ...(digest === undefined ? {} : { digest }) };
}

/** The official images that these recipes stand for, each once. */
export function officialImages(recipes: readonly Recipe[]): readonly ImageReference[] {
  const all = recipes.flatMap(({ host, repository, tags }) => tags.map((tag) => ({ host, repository, tag })));
  return [...new Map(all.map((one) => [referenceName(one), one])).values()];
}
