import { TaskError } from "#engine/errors.ts";
import type { Api } from "../api/answers.ts";
import type { WaitOptions } from "#engine/queries/define.ts";
import { objectName, type Manifest } from "../api/manifest.ts";
import { servedKind } from "../api/object-path.ts";
import { waitUntil } from "#engine/tasks/wait-until.ts";
import { pathOf } from "./object-client.ts";

/** The API lays out all its schemas anew for each one, which takes a slow machine minutes. */
const limits = { within: 600, every: 250 };
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
export async function established(api: Api, manifest: Manifest, wait: WaitOptions): Promise<void> {
  const { group = "", names, versions } = (manifest.spec ?? {}) as Definition;
  const version = versions?.find(({ served }) => served)?.name ?? "";
  let tries = 0;
  const look = async (): Promise<string | undefined> => {
    if (await servedKind(api, `${group}/${version}`, names?.kind ?? "")) return undefined;
    if (++tries % looksEvery === 0) await failUnlessAccepted(api, manifest);
    return `${objectName(manifest)} is not established`;
  };
  const left = await waitUntil(look, limits, wait);
  if (left !== undefined) throw new TaskError(`${left} after ${String(limits.within)} s: see its status.conditions`);
}

async function failUnlessAccepted(api: Api, manifest: Manifest): Promise<void> {
  const { status } = (await api.ask("GET", await pathOf(api, manifest))).body as { readonly status?: Status };
  const failed = status?.conditions?.find(({ type, status }) => type === "NamesAccepted" && status === "False");
  if (failed)
    throw new TaskError(`${objectName(manifest)} is not accepted: ${failed.message ?? "its names are taken"}`);
}
