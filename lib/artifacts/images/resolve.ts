import { parseReference, referenceName } from "./reference.ts";

/** Images by their names, "registry.k8s.io/pause:3.10.2", with their digests. */
export type ImagesByName = Readonly<Record<string, string>>;

/**
 * The references, of all these, that a registry with these images cannot serve: the name is missing, or its image has
 * another digest than the reference asks for.
 */
export const unresolved = (references: readonly string[], images: ImagesByName): readonly string[] =>
  references.filter((text) => {
    const reference = parseReference(text);
    const digest = images[referenceName(reference)];
    return digest === undefined || (reference.digest !== undefined && reference.digest !== digest);
  });
