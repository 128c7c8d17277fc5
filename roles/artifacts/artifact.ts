import { artifact as artifactQuery } from "#lib/queries/artifact.ts";
import { effect, unknown } from "#lib/resources/define.ts";
import { PlayError } from "#lib/errors.ts";
import { defineResource } from "#lib/resources/task.ts";
import type { Ref } from "./cache.ts";
import { cached, keyOf, verified, type Cached } from "./cached-query.ts";
import { catalogue, type Architecture } from "./catalogue.ts";
import type { SourceChoice } from "./delivery.ts";
import { ensureArtifacts, fits } from "./ensure.ts";
import { refName, want, type Versions, type Wanted } from "./wanted.ts";

export interface ArtifactProps {
  /** A component of the catalogue. */
  readonly component: string;
  readonly versions: Versions;
  readonly architecture: Architecture;
  readonly source: SourceChoice;
  readonly directory?: string;
  readonly upstreamUrl?: string;
  readonly upstreamUrls?: Readonly<Record<string, string>>;
  /** Hash what is there already. */
  readonly verify?: boolean;
}

function wantedBy({ component, versions, architecture }: ArtifactProps): Wanted {
  const found = catalogue.find(({ name }) => name === component);
  if (found) return want(found, versions, architecture);
  throw new PlayError(
    `no component "${component}" in the catalogue, which has ${catalogue.map(({ name }) => name).join(", ")}`,
  );
}

const namesOf = (props: ArtifactProps): { binary: string; ref: string }[] => {
  const wanted = wantedBy(props);
  return wanted.component.binaries.map((binary) => ({ binary, ref: refName(wanted, binary) }));
};

const state = (ref: Ref | undefined): string =>
  ref === undefined ? "absent" : `from ${ref.source}, sha256 ${ref.sha256.slice(0, 12)}…`;

/** All binaries of one component in the controller's cache. */
export const artifact = defineResource({
  kind: "artifact",
  label: (p) => {
    const { component, version, architecture } = wantedBy(p);
    return `${component.name} ${version} ${architecture}`;
  },
  needs: (p: ArtifactProps) => {
    const key = keyOf(namesOf(p).map(({ ref }) => ref));
    return { artifacts: p.verify ? verified(key) : cached(key) };
  },
  diff: ({ artifacts }: { artifacts: Cached }, p) =>
    namesOf(p)
      .filter(({ ref }) => !fits(artifacts[ref], p.source))
      .map(({ binary, ref }) => ({
        what: binary,
        before: state(artifacts[ref]),
        after: p.source === "auto" ? "in the cache" : `from ${p.source}`,
      })),
  apply: (_differences, _now, p) => [
    { onController: (progress) => ensureArtifacts([wantedBy(p)], optionsOf(p), progress) },
  ],
  // Which bytes they will be is known only once they are there.
  forecast: () => ({ artifacts: unknown }),
  effects: (p) =>
    wantedBy(p).component.binaries.map((binary) =>
      effect(artifactQuery(`${binary}@${wantedBy(p).version}/${p.architecture}`), unknown),
    ),
});

const optionsOf = ({ source, directory, upstreamUrl, upstreamUrls, verify }: ArtifactProps) => ({
  source,
  ...(directory ? { directory } : {}),
  ...(upstreamUrl ? { upstreamUrl } : {}),
  ...(upstreamUrls ? { upstreamUrls } : {}),
  ...(verify ? { verify } : {}),
});
