import { defineResource } from "kubeplay";
import { type ApiAccess, refusal } from "kubeplay/kubernetes";
import { apiQuery } from "#kubernetes/api/api-query.ts";
import type { Unreachable } from "#kubernetes/api/kubernetes-api.ts";

interface StorageClass {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

/** The names of StorageClasses that a claim without a class gets. */
const defaults = apiQuery("default StorageClasses", async (api): Promise<readonly string[]> => {
  const answer = await api.ask("GET", "/apis/storage.k8s.io/v1/storageclasses");
  if (answer.status !== 200) throw refusal("the StorageClasses cannot be listed", answer);
  return (answer.body as { readonly items: readonly StorageClass[] }).items
    .filter(({ metadata }) => metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true")
    .map(({ metadata }) => metadata.name);
});

export interface DefaultClassProps extends ApiAccess {
  /** The class that becomes the default if no other one is. */
  readonly own: string;
}

/** Whether a class is to be the default: somebody's own default stays. Never a change. */
export const defaultClass = defineResource({
  kind: "default StorageClass",
  label: ({ own }: DefaultClassProps) => own,
  needs: (p) => ({ names: defaults(p, "") }),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  // A cluster whose API does not run yet has no class.
  output: ({ names }: { readonly names: readonly string[] | Unreachable }, { own }): boolean =>
    "type" in names || names.every((name) => name === own),
  reads: true,
});
