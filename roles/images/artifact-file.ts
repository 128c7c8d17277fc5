import { PlayError } from "#lib/errors.ts";
import { artifact, type ArtifactState } from "#lib/queries/artifact.ts";

/** The binary with this name, "coredns@1.14.6/amd64"; undefined where the cache has none. */
export async function findArtifact(name: string): Promise<ArtifactState> {
  const query = artifact(name);
  return "get" in query.of ? (await query.of.get([query.key])).get(query.key) : undefined;
}

export async function artifactFile(name: string): Promise<string> {
  const found = await findArtifact(name);
  if (found) return found.file;
  throw new PlayError(`${name} is not in the artifact cache: run the role artifacts first (--tags artifacts)`);
}
