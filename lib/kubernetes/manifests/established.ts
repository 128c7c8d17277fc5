import { TaskError } from "#engine/errors.ts";
import type { Api } from "../api/answers.ts";
import type { WaitOptions } from "#engine/queries/define.ts";
import { objectName, type Manifest } from "../api/manifest.ts";
import { servedKind } from "../api/object-path.ts";
import { waitUntil } from "#engine/tasks/wait-until.ts";
import { pathOf } from "./object-client.ts";

/** The API rebuilds all its schemas for each definition, which takes minutes on a slow machine. */
const limits = { within: 600, every: 250 };
/** After so many looks, the definition itself is read to find out why it is not established. It is large. */
const looksEvery = 20;

interface Definition {
  readonly group?: string;
  readonly names?: { readonly kind?: string };
  readonly versions?: readonly { readonly name?: string; readonly served?: boolean }[];
}
interface Status {
  readonly conditions?: readonly { readonly type?: string; readonly status?: string; readonly message?: string }[];
}

/** Waits until the API serves the kind of a CustomResourceDefinition, so that objects of that kind can be created. */
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
