import { setTimeout as sleep } from "node:timers/promises";
import { TaskError } from "../../errors.ts";
import { reasonOf, type Answer, type Api } from "../../queries/api.ts";
import { applyOptions, applyType, nameOf, type Manifest } from "../../queries/object.ts";
import { servedKind } from "../../queries/object-path.ts";

/** Seconds: until a webhook of the same set answers, and until what was deleted is gone, for finalizers take their time. */
const patience = 60;
const goneWithin = 180;
const pause = 500;

/** Where an object is, or an error: its kind has to be there by now. */
export async function pathOf(api: Api, manifest: Manifest): Promise<string> {
  const served = await servedKind(api, manifest.apiVersion, manifest.kind);
  if (served) return served.pathOf(manifest.metadata.name, manifest.metadata.namespace);
  throw new TaskError(
    `${nameOf(manifest)}: the API has no ${manifest.kind} of ${manifest.apiVersion}: is the CustomResourceDefinition that brings it applied?`,
  );
}

/** Creates the object or changes it; waits for one of the same name that is on its way out. */
export async function put(api: Api, manifest: Manifest): Promise<void> {
  const path = await pathOf(api, manifest);
  const applied = await apply(api, path, manifest);
  if (!isLeaving(applied.body)) return;
  await gone(api, path, nameOf(manifest));
  await apply(api, path, manifest);
}

async function apply(api: Api, path: string, manifest: Manifest): Promise<Answer> {
  const end = Date.now() + patience * 1000;
  for (;;) {
    const answer = await api.ask("PATCH", `${path}?${applyOptions}`, { type: applyType, body: manifest });
    if (answer.status === 200 || answer.status === 201) return answer;
    if (!isPassing(answer) || Date.now() > end)
      throw new TaskError(`${nameOf(manifest)} is refused: ${reasonOf(answer)}`);
    await sleep(pause);
  }
}

/** What another try may overcome: a kind so new that no handler is there, a webhook that has yet to start, a busy server. */
const isPassing = (answer: Answer): boolean =>
  [409, 429, 503, 504].includes(answer.status) ||
  (answer.status === 404 && typeof answer.body === "string") ||
  (answer.status === 500 && /failed calling webhook|conversion webhook/.test(reasonOf(answer)));

const isLeaving = (body: unknown): boolean =>
  (body as { readonly metadata?: { readonly deletionTimestamp?: unknown } } | undefined)?.metadata
    ?.deletionTimestamp !== undefined;

export interface Removal {
  /** Only this very object, not one that took its name since. */
  readonly uid?: string;
  /** Its pods, and what else it owns, go before it does. */
  readonly withDependents: boolean;
}

export async function remove(api: Api, path: string, name: string, { uid, withDependents }: Removal): Promise<void> {
  const options = {
    apiVersion: "v1",
    kind: "DeleteOptions",
    propagationPolicy: withDependents ? "Foreground" : "Background",
    ...(uid !== undefined && { preconditions: { uid } }),
  };
  const answer = await api.ask("DELETE", path, { type: "application/json", body: options });
  if (answer.status === 404 || answer.status === 409) return;
  if (answer.status < 200 || answer.status > 299) throw new TaskError(`${name} cannot be deleted: ${reasonOf(answer)}`);
  await gone(api, path, name, uid);
}

async function gone(api: Api, path: string, name: string, uid?: string): Promise<void> {
  const end = Date.now() + goneWithin * 1000;
  for (;;) {
    const answer = await api.ask("GET", path);
    if (answer.status === 404) return;
    const { metadata } = answer.body as { readonly metadata?: { readonly uid?: string } };
    if (uid !== undefined && answer.status === 200 && metadata?.uid !== uid) return;
    if (Date.now() > end)
      throw new TaskError(
        `${name} was deleted but is still there after ${String(goneWithin)} s: ${whyStays(answer.body)}`,
      );
    await sleep(pause);
  }
}

interface Staying {
  readonly metadata?: { readonly finalizers?: readonly string[] };
  readonly status?: { readonly conditions?: readonly { readonly status?: string; readonly message?: string }[] };
}

/** A Namespace says itself what keeps it: an aggregated API without a server, for one. */
function whyStays(body: unknown): string {
  const { metadata, status } = body as Staying;
  const messages = (status?.conditions ?? []).flatMap((one) => (one.status === "True" ? (one.message ?? []) : []));
  const finalizers = metadata?.finalizers?.join(", ") ?? "none";
  return messages.length > 0 ? messages.join("; ") : `its finalizers are ${finalizers}: who of them does not work?`;
}
