import { readdir } from "node:fs/promises";
import path from "node:path";
import { defineQuery, type Query } from "kubeplay";
import { inspectAll } from "#engine/pki/inspect.ts";
import { readText, understood } from "#engine/queries/read-file.ts";
import { clusterFolder, pkiPath } from "#cluster/paths.ts";

/** The CAs of one cluster, by their public keys: a CA that was renewed with its key is still the same. */
export interface Authorities {
  readonly kubernetes: readonly string[];
  readonly etcd: readonly string[];
}

/** By the name of the cluster: the CAs in the controller's folders. */
export type KnownAuthorities = Readonly<Record<string, Authorities>>;

async function keysIn(file: string): Promise<readonly string[]> {
  const found = understood(await readText(file), (text) => inspectAll(text).map(({ publicKey }) => publicKey));
  // The task that keeps the CA reports a file that cannot be used.
  return "type" in found ? [] : found;
}

async function folders(parent: string): Promise<readonly string[]> {
  try {
    return (await readdir(parent, { withFileTypes: true })).flatMap((one) => (one.isDirectory() ? [one.name] : []));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

async function authoritiesOf(cluster: string): Promise<Authorities> {
  const [kubernetes, etcd] = await Promise.all(
    ["kubernetes-ca", "etcd-ca"].map((name) => keysIn(`${pkiPath(cluster, name)}.crt`)),
  );
  return { kubernetes: kubernetes ?? [], etcd: etcd ?? [] };
}

const of = defineQuery<KnownAuthorities>({
  kind: "controller's CAs",
  get: async (parents) =>
    new Map(
      await Promise.all(
        parents.map(async (parent) => {
          const names = await folders(parent);
          const all = await Promise.all(names.map(async (name) => [name, await authoritiesOf(name)] as const));
          const made = all.filter(([, { kubernetes, etcd }]) => kubernetes.length + etcd.length > 0);
          return [parent, Object.fromEntries(made)] as const;
        }),
      ),
    ),
});

/** The CAs of this controller's clusters. */
export const knownAuthorities = (cluster: string): Query<KnownAuthorities> => of(path.dirname(clusterFolder(cluster)));
