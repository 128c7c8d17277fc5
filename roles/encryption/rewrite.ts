import { defineResource, type Difference, TaskError } from "kubeplay";
import { TransientError } from "#engine/errors.ts";
import { refusal, useApi, type Api, type ApiAccess } from "kubeplay/kubernetes";
import { writerOf, type Encryptable, type EncryptionConfig, type Reader } from "#cluster/encryption/config.ts";
import { encryptionState, type EncryptionState } from "#cluster/encryption/file.ts";
import { storedObjects, type StoredObject, type StoredQuestion } from "#cluster/encryption/stored.ts";

export interface RewriteProps extends Omit<StoredQuestion, "resource"> {
  readonly resource: Encryptable;
  /** The configuration on the controller. */
  readonly path: string;
  readonly access: ApiAccess;
}

interface Now {
  readonly encryption: EncryptionState;
  readonly stored: readonly StoredObject[];
}

const nameOf = (reader: Reader): string => (reader === "identity" ? "identity" : `${reader.provider} ${reader.name}`);

const configIn = ({ encryption }: Now): EncryptionConfig =>
  encryption.type === "encryption" ? encryption.config : new Map();

/** The objects that another key wrote, or none. */
function staleIn(now: Now, resource: Encryptable): readonly StoredObject[] {
  const writer = nameOf(writerOf(configIn(now), resource));
  return now.stored.filter(({ by }) => by !== writer);
}

/** Has the API write an object as it is. It may have gone, or have been written by another in between. Resolves to what kept it. */
async function rewriteOne(
  api: Pick<Api, "ask">,
  resource: Encryptable,
  { namespace, name }: StoredObject,
): Promise<TaskError | undefined> {
  const path = `/api/v1/namespaces/${namespace}/${resource}/${name}`;
  for (let tries = 0; tries < 10; tries++) {
    const found = await api.ask("GET", path);
    if (found.status === 404) return undefined;
    if (found.status !== 200) return refusal(`${path} cannot be read`, found);
    const written = await api.ask("PUT", path, { type: "application/json", body: found.body });
    if (written.status === 200 || written.status === 404) return undefined;
    if (written.status !== 409) return refusal(`${path} cannot be written`, written);
  }
  return new TaskError(`${path} is written by others all the time: play again`);
}

/** Requests at a time: few beside what the cluster does otherwise. */
const abreast = 8;
/** More objects than these have one cause. */
const mostRefused = 20;

/** Writes all that it can, so that one object that a webhook refuses keeps no other one from being encrypted. */
export async function rewriteAll(
  api: Pick<Api, "ask">,
  resource: Encryptable,
  stale: readonly StoredObject[],
  {
    progress,
    stopping = () => false,
  }: { readonly progress: (text: string) => void; readonly stopping?: () => boolean },
): Promise<void> {
  const left = [...stale];
  const refused: TaskError[] = [];
  const worker = async (): Promise<void> => {
    for (let one = left.pop(); one && !stopping() && refused.length < mostRefused; one = left.pop()) {
      const why = await rewriteOne(api, resource, one);
      // Its time has passed already: each other one would take as long.
      if (why instanceof TransientError) throw why;
      if (why) refused.push(why);
      const done = stale.length - left.length;
      if (done % 100 === 0) progress(`${String(done)} of ${String(stale.length)} ${resource} are written again`);
    }
  };
  await Promise.all(Array.from({ length: abreast }, worker));
  if (refused.length > 0) throw new TaskError(refused.map(({ message }) => message).join("\n"));
  if (stopping()) throw new TaskError("interrupted: play again, and it goes on with the rest");
}

/** Objects in etcd that are not encrypted by the key that writes now are written again, as they are. Runs on a master. */
export const rewritten = defineResource({
  kind: "encrypted objects",
  label: ({ resource }: RewriteProps) => resource,
  needs: ({ path, ...question }) => ({ encryption: encryptionState(path), stored: storedObjects(question) }),
  diff: (now: Now, { resource }): Difference[] => {
    const stale = staleIn(now, resource);
    if (stale.length === 0) return [];
    const kinds = [...new Set(stale.map(({ by }) => by))].sort().join(", ");
    return [
      {
        what: resource,
        before: `${String(stale.length)} of ${String(now.stored.length)} by ${kinds}`,
        after: `all by ${nameOf(writerOf(configIn(now), resource))}`,
      },
    ];
  },
  apply: (_found, now, { resource, access }) => [
    {
      onController: (progress, stopping) =>
        useApi(access, { progress, stopping }, async (api) => {
          await rewriteAll(api, resource, staleIn(now, resource), { progress, stopping });
        }),
    },
  ],
  forecast: (now, { resource }) => ({
    stored: now.stored.map((one) => ({ ...one, by: nameOf(writerOf(configIn(now), resource)) })),
  }),
});

/** Fails while an object is not encrypted by the key that writes now. Never a change. */
export const allRewritten = defineResource({
  kind: "encryption gate",
  label: ({ resource }: RewriteProps) => resource,
  needs: ({ path, ...question }) => ({ encryption: encryptionState(path), stored: storedObjects(question) }),
  diff: (now: Now, { resource }) => {
    // Each namespace has one, so they are elsewhere in etcd: Secrets are too, and may need the older keys.
    if (resource === "configmaps" && now.stored.length === 0)
      throw new TaskError(
        "etcd has no ConfigMaps in /registry, where every cluster has some: the older keys stay. Is etcd-prefix among kube_apiserver_extra_flags? It cannot be used with encryption",
      );
    const left = staleIn(now, resource);
    if (left.length === 0) return [];
    throw new TaskError(
      `${String(left.length)} ${resource} are still not written by the key of now, such as ${left[0]?.namespace ?? ""}/${left[0]?.name ?? ""}: the older keys stay; play again`,
    );
  },
  apply: () => [],
  forecast: () => ({}),
  output: () => true,
});
