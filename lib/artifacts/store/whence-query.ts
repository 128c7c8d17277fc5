import { defineQuery, type Query } from "#engine/queries/define.ts";
import { defaultCache, lookUp } from "#engine/cache/cache.ts";
import { refName, type WantedComponent } from "../catalogue/wanted.ts";
import type { SourceOptions } from "../sources/fetch-request.ts";
import { unreachable } from "../sources/reach.ts";
import { probeUrl } from "../sources/upstream.ts";

/** Why the host of a release cannot be reached; undefined if it answers, or if nothing has to be fetched from it. */
const obstacle = defineQuery<string | undefined>({
  kind: "obstacle to a download",
  get: async (keys) => {
    const cache = defaultCache();
    const isThere = async (refs: readonly string[]): Promise<boolean> =>
      (await Promise.all(refs.map((ref) => lookUp(cache, ref)))).every((ref) => ref !== undefined);
    const answers = keys.map(async (key) => {
      const [url = "", ...refs] = key.split(" ");
      return [key, (await isThere(refs)) ? undefined : await unreachable(url)] as const;
    });
    return new Map(await Promise.all(answers));
  },
});

/** The name of a component's query beside those of its refs. */
export const obstacleName = ({ component, version, architecture }: WantedComponent): string =>
  `obstacle to ${component.name}@${version}-linux-${architecture}`;

/** One query for each component that "auto" downloads or builds. Each host is asked once in a run. */
export const obstacles = (
  all: readonly WantedComponent[],
  options: SourceOptions,
): Readonly<Record<string, Query<string | undefined>>> =>
  Object.fromEntries(
    all
      .filter(({ component }) => options.source === "auto" && component.upstream !== undefined)
      .map((wanted) => {
        const refs = wanted.component.binaries.map((binary) => refName(wanted, binary));
        return [obstacleName(wanted), obstacle([probeUrl(wanted, options), ...refs].join(" "))];
      }),
  );
