import { setTimeout as sleep } from "node:timers/promises";
import { TaskError } from "../../errors.ts";
import type { Api } from "../../queries/api.ts";
import { nameOf, type Manifest } from "../../queries/object.ts";
import { servedKind } from "../../queries/object-path.ts";
import { pathOf } from "./object-client.ts";

/** Seconds. The API lays out all its schemas anew for each one, which takes it a while. */
const within = 60;
const pause = 250;
/** The object itself is large: it is looked at only now and then, for a reason why nothing comes of it. */
const looksEvery = 20;

interface Definition {
  readonly group?: string;
  readonly names?: { readonly kind?: string };
  readonly versions?: readonly { readonly name?: string; readonly served?: boolean }[];
}
interface Status {
  readonly conditions?: readonly { readonly type?: string; readonly status?: string; readonly message?: string }[];
}

/** Waits until objects of the kind that a CustomResourceDefinition brings can be made: the API names its kind from then on. */
export async function established(api: Api, manifest: Manifest): Promise<void> {
  const { group = "", names, versions } = (manifest.spec ?? {}) as Definition;
  const version = versions?.find(({ served }) => served)?.name ?? "";
  const end = Date.now() + within * 1000;
  for (let tries = 1; Date.now() < end; tries++) {
    if (await servedKind(api, `${group}/${version}`, names?.kind ?? "")) return;
    if (tries % looksEvery === 0) await failUnlessAccepted(api, manifest);
    await sleep(pause);
  }
  throw new TaskError(`${nameOf(manifest)} is not established after ${String(within)} s: see its status.conditions`);
}

async function failUnlessAccepted(api: Api, manifest: Manifest): Promise<void> {
  const { status } = (await api.ask("GET", await pathOf(api, manifest))).body as { readonly status?: Status };
  const failed = status?.conditions?.find(({ type, status }) => type === "NamesAccepted" && status === "False");
  if (failed) throw new TaskError(`${nameOf(manifest)} is not accepted: ${failed.message ?? "its names are taken"}`);
}
