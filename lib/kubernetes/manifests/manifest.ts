import { isDeepStrictEqual } from "node:util";
import { stringify } from "yaml";
import { TaskError } from "#engine/errors.ts";
import type { Api } from "../api/answers.ts";
import { apiToCome } from "../api/api-to-come.ts";
import type { WaitOptions } from "#engine/queries/define.ts";
import { accessRules, useApi, type ApiAccess } from "../api/kubernetes-api.ts";
import { objectName, type Manifest } from "../api/manifest.ts";
import { essence, object, type ObjectState } from "../api/object.ts";
import { objectPath } from "../api/object-path.ts";
import type { Difference } from "#engine/tasks/resource.ts";
import { put, remove } from "./object-client.ts";
import { digestOf } from "./shown.ts";
import { unreachable } from "./unreachable.ts";
import { presence, prop } from "#engine/tasks/properties.ts";
import { defineResource } from "#engine/tasks/task.ts";

/** Props of `manifest`: an object, and the API that has it. */
export interface ManifestProps extends ApiAccess {
  readonly manifest: Manifest;
  /** "present" by default. */
  readonly state?: "present" | "absent";
  /** Hides its content in all output. That of a Secret is always hidden. */
  readonly secret?: boolean;
}

const isAbsent = ({ state }: ManifestProps): boolean => state === "absent";

/**
 * An object of a Kubernetes API, managed by server-side apply: fields that the manifest does not name stay as they are.
 * It is an error if the API refuses the manifest, or if no API answers and this run does not start it.
 *
 * @example
 * manifest("Greet the users", {
 *   kubeconfig: "/root/.kube/config",
 *   manifest: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "motd" }, data: { text: "hello" } },
 * });
 */
export const manifest = defineResource({
  kind: "manifest",
  props: { ...accessRules, manifest: prop.object, state: presence, secret: prop.optional(prop.flag) },
  label: (p) => objectName(p.manifest),
  needs: (p: ManifestProps) => ({ object: object(p), toCome: apiToCome(p.kubeconfig) }),
  diff: ({ object: found, toCome }, p): Difference[] => {
    if (found.type === "unreachable" && !toCome) throw unreachable(found);
    const now = found.type === "unreachable" ? ({ type: "absent" } as const) : found;
    if (isAbsent(p)) return now.type === "absent" ? [] : [{ what: "state", before: "present", after: "absent" }];
    if (now.type === "refused") throw new TaskError(`${objectName(p.manifest)} is refused: ${now.why}`);
    if (now.type === "absent") return [difference(undefined, p.manifest, p)];
    return isDeepStrictEqual(now.now, now.applied) ? [] : [difference(now.now, now.applied, p)];
  },
  apply: (_found, _now, p) => [
    {
      onController: (progress, stopping) => {
        const wait = { progress, stopping };
        return useApi(p, wait, (api) => keep(api, p, wait));
      },
    },
  ],
  forecast: ({ object: now }, p): { object: ObjectState } => {
    if (isAbsent(p)) return { object: { type: "absent" } };
    // For an existing object, the dry run has returned the result.
    const after = now.type === "present" ? now.applied : essence(p.manifest);
    return { object: { type: "present", now: after, applied: after } };
  },
});

const shown = (value: unknown, p: ManifestProps): unknown =>
  value === undefined ? undefined : isSecret(p) ? "(secret)" : stringify(value);
const isSecret = ({ manifest, secret }: ManifestProps): boolean => secret === true || manifest.kind === "Secret";

const difference = (before: unknown, after: unknown, p: ManifestProps): Difference => ({
  what: "object",
  before: shown(before, p),
  after: shown(after, p),
  ...(isSecret(p) && { secret: true, desired: digestOf(after) }),
});

async function keep(api: Api, p: ManifestProps, wait: WaitOptions): Promise<void> {
  const path = await objectPath(api, p.manifest);
  if (!isAbsent(p)) await put(api, p.manifest, wait);
  // If its kind is gone, so is the object.
  else if (path !== undefined) await remove(api, { path, name: objectName(p.manifest), withDependents: false }, wait);
}
