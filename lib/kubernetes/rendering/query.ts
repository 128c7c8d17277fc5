import { TaskError } from "#engine/errors.ts";
import { artifact, type ArtifactState } from "#engine/queries/artifact.ts";
import { askNow, defineQuery, type Query } from "#engine/queries/define.ts";
import type { Manifest } from "../api/manifest.ts";
import { digestOf, rendered } from "./cache.ts";

/** How to render objects from files of the artifact cache. */
export interface Rendering {
  /** Artifact keys, in the order in which `render` takes the files. */
  readonly artifacts: readonly string[];
  /** Everything else that affects the result. */
  readonly inputs: unknown;
  readonly render: (files: readonly string[]) => Promise<readonly Manifest[]>;
}

/** Undefined if an artifact is not in the cache. */
export type RenderingState = readonly Manifest[] | undefined;

/** Renderings by query key. Inputs are long and may hold secrets, so a key has only their digest. */
const renderings = new Map<string, Rendering>();

const renderingKey = defineQuery<RenderingState>({
  kind: "rendering",
  // An earlier task may fetch the artifacts. A cached rendering costs nothing to ask for again.
  volatile: true,
  get: async (keys) => new Map(await Promise.all(keys.map(async (key) => [key, await look(key)] as const))),
});

export function rendering(one: Rendering): Query<RenderingState> {
  const key = `${one.artifacts.join(" ")} ${digestOf(one.inputs)}`;
  renderings.set(key, one);
  return renderingKey(key);
}

async function look(key: string): Promise<RenderingState> {
  const one = renderings.get(key);
  if (!one) throw new Error(`rendering ${key} was not created by rendering()`);
  const found = await Promise.all(one.artifacts.map((name) => askNow(artifact(name))));
  const there = found.filter((state): state is NonNullable<ArtifactState> => state !== undefined);
  if (there.length < found.length) return undefined;
  return rendered([there.map(({ sha256 }) => sha256), one.inputs], () => one.render(there.map(({ file }) => file)));
}

/** Throws TaskError if an artifact is missing, or will be replaced by an earlier task: the result is known after it. */
export function mustBeThere(names: readonly string[], states: readonly ArtifactState[]): void {
  names.forEach((name, index) => {
    if (states[index] === undefined || states[index].file === "")
      throw new TaskError(`${name} is not in the artifact cache: run npm run play -- --tags artifacts site first`);
  });
}
