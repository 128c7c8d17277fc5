import { isDeepStrictEqual } from "node:util";
import { reasonOf, refusal, type Api } from "./answers.ts";
import { defineQuery, type Query, type WaitOptions } from "#engine/queries/define.ts";
import { accessIn, askApi, type ApiAccess, type Unreachable } from "./kubernetes-api.ts";
import { objectName, type Manifest } from "./manifest.ts";
import { fixedFields, objectPath } from "./object-path.ts";

export type ObjectState =
  | Unreachable
  /** The object, its namespace or its kind is not there. */
  | { readonly type: "absent" }
  /** `now` is the object, `applied` what it would be with the manifest applied; both without the server's own bookkeeping. */
  | { readonly type: "present"; readonly now: unknown; readonly applied: unknown }
  /** It is there, and the server refuses the manifest. */
  | {
      readonly type: "refused";
      readonly why: string;
      /** The fields that cannot be changed once the object is there, where that is the reason. */
      readonly fixed: readonly string[];
    };

export const fieldManager = "kubeplay";
/** A field that the server does not know is an error, not dropped; what others manage is taken over. */
export const applyOptions = `fieldManager=${fieldManager}&force=true&fieldValidation=Strict`;
export const applyType = "application/apply-patch+yaml";

interface Asked extends ApiAccess {
  readonly manifest: Manifest;
}

const look = (asked: Asked, wait?: WaitOptions): Promise<ObjectState> =>
  askApi(asked, wait, (api) => compare(api, asked.manifest));

const objectKey = defineQuery<ObjectState>({
  kind: "object",
  // An API server may be started by a task before, and controllers change objects at any time.
  volatile: true,
  get: async (keys, wait) =>
    new Map(await Promise.all(keys.map(async (key) => [key, await look(JSON.parse(key) as Asked, wait)] as const))),
});

/** An object of a Kubernetes API beside what server-side apply would make of it. */
export const object = ({ manifest, ...access }: Asked): Query<ObjectState> =>
  objectKey(JSON.stringify({ ...accessIn(access), manifest }));

async function compare(api: Api, manifest: Manifest): Promise<ObjectState> {
  const path = await objectPath(api, manifest);
  if (path === undefined) return { type: "absent" };
  const now = await api.ask("GET", path);
  if (now.status === 404) return { type: "absent" };
  if (now.status !== 200) throw refusal(`${objectName(manifest)} cannot be read`, now);
  return dryRun(api, path, manifest, now);
}

/** Lets the API say what it would make of an object that is there as `now` says. */
export async function dryRun(
  api: Api,
  path: string,
  manifest: Manifest,
  now: { readonly body: unknown },
): Promise<ObjectState> {
  for (let tries = 1; ; tries++) {
    const applied = await api.ask("PATCH", `${path}?${applyOptions}&dryRun=All`, { type: applyType, body: manifest });
    if (applied.status === 201) return { type: "absent" };
    if (applied.tried !== undefined) throw refusal(`${objectName(manifest)} cannot be compared`, applied);
    if (applied.status !== 200) return { type: "refused", why: reasonOf(applied), fixed: fixedFields(applied) };
    const state = { type: "present", now: essence(now.body), applied: essence(applied.body) } as const;
    if (tries === triesAtMost || isDeepStrictEqual(state.now, state.applied)) return state;
    // What differs may be a controller's doing in the meantime: it counts only if the object stayed as it was.
    const then = await api.ask("GET", path);
    if (then.status === 404) return { type: "absent" };
    if (versionOf(then.body) === versionOf(now.body)) return state;
    now = then;
  }
}

/** A controller that never stops writing must not keep us here. */
const triesAtMost = 10;

const versionOf = (body: unknown): unknown =>
  (body as { readonly metadata?: { readonly resourceVersion?: unknown } } | undefined)?.metadata?.resourceVersion;

/** Without what the server writes for itself, and what changes without anybody applying anything. */
export function essence(body: unknown): unknown {
  if (typeof body !== "object" || body === null) return body;
  const entries = Object.entries(body).filter(([name]) => name !== "status");
  return Object.fromEntries(
    entries.map(([name, value]) => [name, name === "metadata" ? described(value) : (value as unknown)]),
  );
}

const bookkeeping = ["managedFields", "resourceVersion", "generation", "uid", "creationTimestamp"];

const described = (metadata: unknown): unknown =>
  typeof metadata === "object" && metadata !== null
    ? Object.fromEntries(Object.entries(metadata).filter(([name]) => !bookkeeping.includes(name)))
    : metadata;
