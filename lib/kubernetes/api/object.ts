import { isDeepStrictEqual } from "node:util";
import { reasonOf, refusal, type Api } from "./answers.ts";
import { defineQuery, type Query, type WaitOptions } from "#engine/queries/define.ts";
import { accessIn, askApi, type ApiAccess, type Unreachable } from "./kubernetes-api.ts";
import { objectName, type Manifest } from "./manifest.ts";
import { fixedFields, objectPath } from "./object-path.ts";

export type ObjectState =
  | Unreachable
  /** The object, its namespace or its kind does not exist. */
  | { readonly type: "absent" }
  /** `now` is the object, `applied` the object after server-side apply; both without fields that the server manages. */
  | { readonly type: "present"; readonly now: unknown; readonly applied: unknown }
  /** The object exists, and the server refuses the manifest. */
  | {
      readonly type: "refused";
      readonly why: string;
      /** The immutable fields, if they are the reason. */
      readonly fixed: readonly string[];
    };

export const fieldManager = "kubeplay";
/** Unknown fields are errors instead of being dropped; fields of other managers are taken over. */
export const applyOptions = `fieldManager=${fieldManager}&force=true&fieldValidation=Strict`;
export const applyType = "application/apply-patch+yaml";

interface Asked extends ApiAccess {
  readonly manifest: Manifest;
}

const look = (asked: Asked, wait?: WaitOptions): Promise<ObjectState> =>
  askApi(asked, wait, (api) => compare(api, asked.manifest));

const objectKey = defineQuery<ObjectState>({
  kind: "object",
  // An earlier task may start the API server, and controllers change objects at any time.
  volatile: true,
  get: async (keys, wait) =>
    new Map(await Promise.all(keys.map(async (key) => [key, await look(JSON.parse(key) as Asked, wait)] as const))),
});

/** An object of a Kubernetes API, compared with the result of server-side apply. */
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

/** Compares an existing object, which is `now`, with a dry run of server-side apply. */
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
    // A controller may have caused the difference in the meantime: it counts only if the object is unchanged.
    const then = await api.ask("GET", path);
    if (then.status === 404) return { type: "absent" };
    if (versionOf(then.body) === versionOf(now.body)) return state;
    now = then;
  }
}

/** Ends the comparison if a controller never stops writing. */
const triesAtMost = 10;

const versionOf = (body: unknown): unknown =>
  (body as { readonly metadata?: { readonly resourceVersion?: unknown } } | undefined)?.metadata?.resourceVersion;

/** The object without its status and without the metadata that the server manages. */
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
