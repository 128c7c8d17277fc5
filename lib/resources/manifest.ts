import { isDeepStrictEqual } from "node:util";
import { stringify } from "yaml";
import { TaskError } from "../errors.ts";
import { reasonOf, type Api } from "../queries/api.ts";
import { apiToCome } from "../queries/api-to-come.ts";
import { useApi, type ApiAccess } from "../queries/kubernetes-api.ts";
import {
  applyOptions,
  applyType,
  essence,
  nameOf,
  object,
  type Manifest,
  type ObjectState,
} from "../queries/object.ts";
import { objectPath } from "../queries/object-path.ts";
import type { Difference } from "./define.ts";
import { unreachable } from "./unreachable.ts";
import { defineResource } from "./task.ts";

export interface ManifestProps extends ApiAccess {
  readonly manifest: Manifest;
  readonly state?: "present" | "absent";
  /** Its content is shown nowhere; always so for a Secret. */
  readonly secret?: boolean;
}

const isAbsent = ({ state }: ManifestProps): boolean => state === "absent";

/** Seconds until what was deleted must be gone: finalizers take their time. */
const goneWithin = 60;

/** An object of a Kubernetes API, kept by server-side apply: fields that the manifest does not name stay as they are. */
export const manifest = defineResource({
  kind: "manifest",
  label: (p) => nameOf(p.manifest),
  needs: (p: ManifestProps) => ({ object: object(p), toCome: apiToCome(p.kubeconfig) }),
  diff: ({ object: found, toCome }, p): Difference[] => {
    if (found.type === "unreachable" && !toCome) throw unreachable(found.why);
    const now = found.type === "unreachable" ? ({ type: "absent" } as const) : found;
    if (isAbsent(p)) return now.type === "absent" ? [] : [{ what: "state", before: "present", after: "absent" }];
    if (now.type === "refused") throw new TaskError(`${nameOf(p.manifest)} is refused: ${now.why}`);
    if (now.type === "absent") return [difference(undefined, p.manifest, p)];
    return isDeepStrictEqual(now.now, now.applied) ? [] : [difference(now.now, now.applied, p)];
  },
  apply: (_found, _now, p) => [
    {
      onController: (progress, stopping) =>
        useApi(p, { progress, stopping }, (api) => (isAbsent(p) ? remove(api, p) : put(api, p))),
    },
  ],
  forecast: ({ object: now }, p): { object: ObjectState } => {
    if (isAbsent(p)) return { object: { type: "absent" } };
    // The API itself has said what would become of an object that is there.
    const after = now.type === "present" ? now.applied : essence(p.manifest);
    return { object: { type: "present", now: after, applied: after } };
  },
});

const shown = (value: unknown, p: ManifestProps): unknown =>
  value === undefined ? undefined : isSecret(p) ? "(secret)" : stringify(value);
const isSecret = ({ manifest, secret }: ManifestProps): boolean => secret ?? manifest.kind === "Secret";

const difference = (before: unknown, after: unknown, p: ManifestProps): Difference => ({
  what: "object",
  before: shown(before, p),
  after: shown(after, p),
  ...(isSecret(p) && { secret: true }),
});

async function pathOf(api: Api, { manifest }: ManifestProps): Promise<string> {
  const path = await objectPath(api, manifest);
  if (path !== undefined) return path;
  throw new TaskError(
    `${nameOf(manifest)}: the API has no ${manifest.kind} of ${manifest.apiVersion}: is the CustomResourceDefinition that brings it applied?`,
  );
}

async function put(api: Api, p: ManifestProps): Promise<void> {
  const path = await pathOf(api, p);
  const answer = await api.ask("PATCH", `${path}?${applyOptions}`, { type: applyType, body: p.manifest });
  if (answer.status !== 200 && answer.status !== 201)
    throw new TaskError(`${nameOf(p.manifest)} is refused: ${reasonOf(answer)}`);
}

async function remove(api: Api, p: ManifestProps): Promise<void> {
  const path = await pathOf(api, p);
  const answer = await api.ask("DELETE", `${path}?propagationPolicy=Background`);
  if (answer.status !== 404 && (answer.status < 200 || answer.status > 299))
    throw new TaskError(`${nameOf(p.manifest)} cannot be deleted: ${reasonOf(answer)}`);
  for (let tries = 0; tries < goneWithin * 2; tries++) {
    if ((await api.ask("GET", path)).status === 404) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new TaskError(
    `${nameOf(p.manifest)} was deleted but is still there after ${String(goneWithin)} s: look at its finalizers`,
  );
}
