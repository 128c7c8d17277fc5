import { artifact, artifactToCome } from "#engine/queries/artifact.ts";
import { effect, type Difference } from "#engine/tasks/resource.ts";
import { PlayError } from "#engine/errors.ts";
import { defineResource } from "#engine/tasks/task.ts";
import { cachedRefs, type Cached } from "./cached-query.ts";
import { catalogue } from "../catalogue/index.ts";
import type { Architecture, Component } from "../catalogue/component.ts";
import type { SourceChoice } from "../sources/fetch-request.ts";
import { obstacleName, obstacles } from "./whence-query.ts";
import { beginArtifacts, ensureArtifacts } from "./ensure.ts";
import { fits, sourceFor } from "./get.ts";
import type { Ref } from "#engine/cache/cache.ts";
import { describe, refName, want, type Versions, type WantedComponent } from "../catalogue/wanted.ts";

export interface ArtifactsProps {
  /** By their names in the catalogue. */
  readonly components: readonly string[];
  /** The hosts' architectures. */
  readonly architectures: readonly Architecture[];
  /** This machine's architecture: components that run on it are fetched for it too. */
  readonly controller: Architecture;
  readonly versions: Versions;
  readonly source: SourceChoice;
  readonly directory?: string;
  readonly upstreamUrl?: string;
  readonly upstreamUrls?: Readonly<Record<string, string | undefined>>;
  /** The mirror of Debian's packages; that of the controller's apt if empty. */
  readonly debianMirror?: string;
  /** Bytes per second: a slower download is interrupted, and continues with a new connection. */
  readonly leastSpeed?: number;
  /** Refuse downloads that no lock file pins. */
  readonly requirePins?: boolean;
  /** Verify the signatures of downloads, where the catalogue has some. */
  readonly verifySignatures?: boolean;
  /** A trusted_root.json; Sigstore's own if empty. */
  readonly trustedRoot?: string;
  /** Hash the files in the cache instead of only checking their sizes. */
  readonly verify?: boolean;
}

function componentOf(name: string): Component {
  const found = catalogue.find((component) => component.name === name);
  if (found) return found;
  throw new PlayError(
    `no component "${name}" in the catalogue, which has ${catalogue.map(({ name }) => name).join(", ")}`,
  );
}

const wantedBy = ({ components, architectures, controller, versions }: ArtifactsProps): WantedComponent[] =>
  [...new Set([...architectures, controller])].flatMap((architecture) =>
    components
      .map(componentOf)
      .filter(({ onController }) => architectures.includes(architecture) || onController)
      .map((component) => want(component, versions, architecture)),
  );

const refsOf = (wanted: WantedComponent): string[] =>
  wanted.component.binaries.map((binary) => refName(wanted, binary));

/** Why a component must be fetched; undefined if all of it is in the cache. */
function lack(wanted: WantedComponent, artifacts: Cached, source: SourceChoice): string | undefined {
  const { binaries } = wanted.component;
  const absent = binaries.filter((binary) => artifacts[refName(wanted, binary)] === undefined);
  if (absent.length === binaries.length) return "absent";
  if (absent.length > 0) return `without ${absent.join(", ")}`;
  const others = refsOf(wanted).flatMap((ref) =>
    fits(artifacts[ref], wanted.component, source) ? [] : (artifacts[ref]?.source ?? []),
  );
  return others.length > 0 ? `from ${[...new Set(others)].join(", ")}` : undefined;
}

const subjectOf = (wanted: WantedComponent): string => `${describe(wanted)} ${wanted.architecture}`;

const lacking = (artifacts: Cached, p: ArtifactsProps): WantedComponent[] =>
  wantedBy(p).filter((wanted) => lack(wanted, artifacts, p.source) !== undefined);

/** The components of these differences; all for an empty list, as of a cache that was not read. */
const namedBy = (found: readonly Difference[], p: ArtifactsProps): WantedComponent[] =>
  wantedBy(p).filter((wanted) => found.length === 0 || found.some(({ what }) => what === subjectOf(wanted)));

/** The answers of the cache, and why hosts of releases cannot be reached. */
type Answers = Readonly<Record<string, Ref | string | undefined>>;

const cachedIn = (answers: Answers): Cached =>
  Object.fromEntries(
    Object.entries(answers).flatMap(([name, answer]) => (typeof answer === "object" ? [[name, answer]] : [])),
  );

/** Where a component will come from, in a few words, with the cause if it is built because of one. */
function whence(wanted: WantedComponent, answers: Answers, source: SourceChoice): string {
  if (source !== "auto") return `from ${source}`;
  if (wanted.component.upstream === undefined) return "from Debian";
  const why = answers[obstacleName(wanted)];
  return typeof why === "string" ? `built, because upstream cannot be reached (${why})` : "downloaded";
}

/** The forecast of a ref that a source will provide. */
const refToCome = (wanted: WantedComponent, name: string, source: SourceChoice): Ref => {
  const { version, architecture, component } = wanted;
  const from = sourceFor(component, source);
  return {
    ...{ name, version, architecture, size: 0, sha256: "known after apply" },
    source: from === "auto" ? "build" : from,
  };
};

/** The binaries of components in the controller's cache. They are fetched in parallel. */
export const artifacts = defineResource({
  kind: "artifacts",
  label: (p) => `${p.components.length} components for ${p.architectures.join(", ")}`,
  labelOfChange: (found) =>
    [...new Set(found.map(({ after }) => String(after)))]
      .map((how) => `${how}: ${found.flatMap(({ what, after }) => (after === how ? what : [])).join(", ")}`)
      .join("; "),
  needs: (p: ArtifactsProps) => ({
    ...cachedRefs(wantedBy(p).flatMap(refsOf), p.verify),
    ...obstacles(wantedBy(p), optionsOf(p)),
  }),
  diff: (answers: Answers, p): Difference[] =>
    wantedBy(p).flatMap((wanted) => {
      const before = lack(wanted, cachedIn(answers), p.source);
      const after = whence(wanted, answers, p.source);
      return before === undefined ? [] : [{ what: subjectOf(wanted), before, after }];
    }),
  apply: (_found, _now, p) => [
    { onController: (progress, stopping, run) => ensureArtifacts(wantedBy(p), optionsOf(p), progress, stopping, run) },
  ],
  // The digests are known only after apply.
  forecast: (now, p) =>
    Object.fromEntries(
      lacking(cachedIn(now), p).flatMap((wanted) =>
        wanted.component.binaries.map((binary) => [refName(wanted, binary), refToCome(wanted, binary, p.source)]),
      ),
    ),
  effects: (p, found) =>
    namedBy(found, p).flatMap(({ component, version, architecture }) =>
      component.binaries.map((binary) => {
        const key = `${binary}@${version}/${architecture}`;
        return effect(artifact(key), artifactToCome(key));
      }),
    ),
});

/**
 * Starts to get everything that the cache lacks, in the order of the components, and continues at once. Tasks that need
 * some of it wait for that, and report it. Never counted as a change.
 */
export const artifactsAhead = defineResource({
  kind: "artifacts",
  label: (p: ArtifactsProps) => `${String(p.components.length)} components for ${p.architectures.join(", ")}`,
  needs: (p: ArtifactsProps) => cachedRefs(wantedBy(p).flatMap(refsOf)),
  diff: (artifacts: Cached, p): Difference[] =>
    wantedBy(p).some((wanted) => lack(wanted, artifacts, p.source) !== undefined)
      ? [{ what: "cache", before: "incomplete", after: "being filled", always: true }]
      : [],
  apply: (_found, _now, p) => [
    { onController: (_progress, _stopping, run) => beginArtifacts(wantedBy(p), optionsOf(p), run) },
  ],
  forecast: () => ({}),
  waits: true,
});

const optionsOf = ({
  source,
  directory,
  upstreamUrl,
  upstreamUrls,
  debianMirror,
  leastSpeed,
  requirePins,
  verifySignatures,
  trustedRoot,
  verify,
}: ArtifactsProps) => ({
  source,
  ...(directory ? { directory } : {}),
  ...(upstreamUrl ? { upstreamUrl } : {}),
  ...(upstreamUrls ? { upstreamUrls } : {}),
  ...(debianMirror ? { debianMirror } : {}),
  ...(leastSpeed !== undefined ? { leastSpeed } : {}),
  ...(requirePins ? { requirePins } : {}),
  ...(verifySignatures ? { verifySignatures } : {}),
  ...(trustedRoot ? { trustedRoot } : {}),
  ...(verify ? { verify } : {}),
});
