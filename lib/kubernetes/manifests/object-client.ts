import { TaskError } from "#engine/errors.ts";
import { reasonOf, refusal, type Answer, type Api, type AskOptions } from "../api/answers.ts";
import type { WaitOptions } from "#engine/queries/define.ts";
import { objectName, type Manifest } from "../api/manifest.ts";
import { applyOptions, applyType } from "../api/object.ts";
import { servedKind } from "../api/object-path.ts";
import { waitUntil } from "#engine/tasks/wait-until.ts";

/** Finalizers take time, several times as long on a slow machine. */
const untilGone = { within: 600, every: 500 };

/** Path of an object. Throws TaskError if the API does not serve its kind. */
export async function pathOf(api: Api, manifest: Manifest): Promise<string> {
  const served = await servedKind(api, manifest.apiVersion, manifest.kind);
  if (served) return served.pathOf(manifest.metadata.name, manifest.metadata.namespace);
  throw new TaskError(
    `${objectName(manifest)}: the API has no ${manifest.kind} of ${manifest.apiVersion}: has its CustomResourceDefinition been applied?`,
  );
}

/** Creates or updates the object. If the existing one is being deleted, waits until it is gone and creates it again. */
export async function put(api: Api, manifest: Manifest, wait: WaitOptions, options: AskOptions = {}): Promise<void> {
  const path = await pathOf(api, manifest);
  const applied = await apply(api, path, manifest, options);
  if (!isLeaving(applied.body)) return;
  await gone(api, { path, name: objectName(manifest) }, wait);
  await apply(api, path, manifest, options);
}

async function apply(api: Api, path: string, manifest: Manifest, options: AskOptions): Promise<Answer> {
  const content = { type: applyType, body: manifest };
  const answer = await api.ask("PATCH", `${path}?${applyOptions}`, content, options);
  if (answer.status === 200 || answer.status === 201) return answer;
  throw refusal(`${objectName(manifest)} is refused`, answer);
}

const isLeaving = (body: unknown): boolean =>
  (body as { readonly metadata?: { readonly deletionTimestamp?: unknown } } | undefined)?.metadata
    ?.deletionTimestamp !== undefined;

export interface Removal {
  readonly path: string;
  /** Its name in messages. */
  readonly name: string;
  /** Deletes only the object with this uid, not a later one of the same name. */
  readonly uid?: string;
  /** Deletes its pods and all else that it owns first. */
  readonly withDependents: boolean;
}

/** Deletes an object and waits until it is gone. */
export async function remove(api: Api, removal: Removal, wait: WaitOptions): Promise<void> {
  const { path, name, uid, withDependents } = removal;
  const options = {
    apiVersion: "v1",
    kind: "DeleteOptions",
    propagationPolicy: withDependents ? "Foreground" : "Background",
    ...(uid !== undefined && { preconditions: { uid } }),
  };
  const answer = await api.ask("DELETE", path, { type: "application/json", body: options });
  if (answer.status === 404 || answer.status === 409) return;
  if (answer.status < 200 || answer.status > 299) throw refusal(`${name} cannot be deleted`, answer);
  await gone(api, removal, wait);
}

async function gone(api: Api, { path, name, uid }: Omit<Removal, "withDependents">, wait: WaitOptions): Promise<void> {
  const look = async (): Promise<string | undefined> => {
    const answer = await api.ask("GET", path);
    if (answer.status === 404) return undefined;
    const { metadata } = answer.body as { readonly metadata?: { readonly uid?: string } };
    if (uid !== undefined && answer.status === 200 && metadata?.uid !== uid) return undefined;
    return `${name} was deleted but still exists: ${answer.status === 200 ? whyStays(answer.body) : reasonOf(answer)}`;
  };
  const left = await waitUntil(look, untilGone, wait);
  if (left !== undefined) throw new TaskError(`after ${String(untilGone.within)} s: ${left}`);
}

interface Staying {
  readonly metadata?: { readonly finalizers?: readonly string[] };
  readonly status?: { readonly conditions?: readonly { readonly status?: string; readonly message?: string }[] };
}

/** The conditions of a Namespace say why it stays, such as an aggregated API without a server. */
function whyStays(body: unknown): string {
  const { metadata, status } = body as Staying;
  const messages = (status?.conditions ?? []).flatMap((one) => (one.status === "True" ? (one.message ?? []) : []));
  const finalizers = metadata?.finalizers?.join(", ") ?? "none";
  return messages.length > 0 ? messages.join("; ") : `its finalizers are ${finalizers}: which of them does not work?`;
}
