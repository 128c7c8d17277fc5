import { TaskError } from "#engine/errors.ts";
import type { Api } from "../api/answers.ts";
import type { WaitOptions } from "#engine/queries/define.ts";
import { objectName, type Manifest } from "../api/manifest.ts";
import { asManifest, type Member, type Pruned } from "./object-set.ts";
import { servedKind } from "../api/object-path.ts";
import { isAppliedSet } from "./applied-set.ts";
import { passesInNewNamespace } from "../api/transient.ts";
import { established } from "./established.ts";
import { pathOf, put, remove } from "./object-client.ts";
import { definitions, inStages, workloads } from "./order.ts";

export interface Work {
  readonly set: string;
  readonly members: readonly Member[];
  readonly prune: readonly Pruned[];
}

/** Applies the objects that differ, stage by stage, then removes the objects that left the set, in reverse order. */
export async function keepSet(api: Api, { set, members, prune }: Work, wait: WaitOptions): Promise<void> {
  const due = members.filter(({ state }) => state.type !== "kept");
  const inventory = due.find(({ manifest }) => isAppliedSet(manifest, set));
  // Records kinds before their first object exists and until their last one is gone: an interrupted run forgets none.
  if (inventory) await put(api, withKindsOfBefore(inventory), wait);
  const rest = due.filter((member) => member !== inventory);
  const made = namespacesMadeBy(rest);
  let done = 0;
  for (const [stage, group] of inStages(rest, ({ manifest }) => manifest)) {
    await all(group, async (member) => {
      await putMember(api, member, made, wait);
      wait.progress(`${String(++done)} of ${String(rest.length)}: ${objectName(member.manifest)}`);
    });
    if (stage === definitions) await all(group, ({ manifest }) => established(api, manifest, wait));
  }
  await removeAll(api, set, prune, wait);
  if (inventory?.state.type === "differs") await put(api, inventory.manifest, wait);
}

/** The namespaces that the set creates, or whose ResourceQuota it applies. */
const namespacesMadeBy = (members: readonly Member[]): ReadonlySet<string | undefined> =>
  new Set(
    members.flatMap(({ manifest: { kind, metadata } }) => {
      if (kind === "Namespace") return [metadata.name];
      return kind === "ResourceQuota" ? [metadata.namespace] : [];
    }),
  );

async function putMember(
  api: Api,
  { manifest, state }: Member,
  made: ReadonlySet<string | undefined>,
  wait: WaitOptions,
): Promise<void> {
  if (state.type === "refused")
    await remove(api, { path: await pathOf(api, manifest), name: objectName(manifest), withDependents: true }, wait);
  const { namespace } = manifest.metadata;
  const isMade = namespace !== undefined && made.has(namespace);
  await put(api, manifest, wait, isMade ? { alsoPasses: passesInNewNamespace } : {});
}

interface Inventory {
  readonly data?: { readonly kinds?: string };
}

function withKindsOfBefore({ manifest, state }: Member): Manifest {
  if (state.type !== "differs") return manifest;
  const kinds = [state.now, manifest].flatMap((one) => ((one as Inventory).data?.kinds ?? "").split("\n"));
  const lines = [...new Set(kinds.filter(Boolean))].sort();
  return { ...manifest, data: { kinds: lines.map((line) => `${line}\n`).join("") } };
}

async function removeAll(api: Api, set: string, prune: readonly Pruned[], wait: WaitOptions) {
  const inventory = prune.filter((one) => isAppliedSet(asManifest(one), set));
  const stages = inStages(
    prune.filter((one) => !inventory.includes(one)),
    ({ kind }) => kind,
  ).reverse();
  for (const [stage, group] of [...stages, [-1, inventory] as const])
    await all(group, async (one) => {
      const { kind, namespace, uid } = one;
      const name = objectName(asManifest(one));
      const served = await servedKind(api, kind.apiVersion, kind.kind);
      wait.progress(`removing ${name}`);
      // If its kind is gone, so is the object.
      if (!served) return;
      // Not for other kinds: the garbage collector can take half a minute to discover them.
      const withDependents = stage === workloads;
      await remove(api, { path: served.pathOf(one.name, namespace), name, uid, withDependents }, wait);
    });
}

/** Works in parallel: the client limits concurrent requests to the API. Reports all failures, not only the first. */
async function all<T>(list: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const messages: string[] = [];
  await Promise.all(
    list.map((one) =>
      work(one).catch((error: unknown) => {
        if (!(error instanceof TaskError)) throw error;
        messages.push(error.message);
      }),
    ),
  );
  if (messages.length > 0) throw new TaskError([...new Set(messages)].join("\n"));
}
