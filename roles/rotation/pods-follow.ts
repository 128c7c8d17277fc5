import { defineResource, type Difference, keyPathOf, queries, TaskError } from "kubeplay";
import { useApi, type ApiAccess } from "kubeplay/kubernetes";
import { writePublic } from "#engine/pki/files.ts";
import { keyFile, type KeyState } from "#engine/queries/key-file.ts";
import type { Unreachable } from "#kubernetes/api/kubernetes-api.ts";
import { unreachable } from "#kubernetes/manifests/unreachable.ts";
import { nextOf } from "#cluster/rotation.ts";
import { oldPods } from "./may-drop.ts";
import { recordIn } from "./record.ts";
import { readReliance, reliance, type Reliance } from "./reliance.ts";

export interface PodsFollowProps extends ApiAccess {
  /** The certificate of the cluster's CA on the controller. */
  readonly path: string;
  /** The file that says since when every host trusts the new CA. */
  readonly record: string;
  readonly anyway: boolean;
}

interface Now {
  readonly key: KeyState;
  readonly next: queries.ControllerFileState;
  readonly since: string | undefined;
  readonly found: Reliance | Unreachable;
}

/** A CA whose key is lost has signed no certificate of the new one, so clients must trust the new one itself. */
const mustFollow = ({ key, next }: Pick<Now, "key" | "next">): boolean => key.type === "absent" && next !== undefined;

function check(since: Date, found: Reliance, { anyway }: PodsFollowProps): void {
  const all = anyway ? [] : oldPods(since, found);
  if (all.length > 0)
    throw new TaskError(
      `every host trusts the new kubernetes-ca, and it does not issue yet: the key of the old one is lost, so it could not sign the new one, and ${all.join("\n  ")}. Then play the same command again.\n  To go on nevertheless: -e rotate_anyway=true`,
    );
}

/**
 * Before a CA issues that its predecessor could not sign: pods that have read the old one alone would lose the API. Records
 * since when every host trusts the new one, and fails while pods are older.
 */
export const podsFollow = defineResource({
  kind: "trust of pods",
  label: () => "kubernetes-ca",
  needs: (p: PodsFollowProps) => ({
    key: keyFile(keyPathOf(p.path)),
    next: queries.controllerFile(nextOf(p.path)),
    since: recordIn(p.record),
    found: reliance(p, "all"),
  }),
  diff: (now: Now, p): Difference[] => {
    if (!mustFollow(now)) return [];
    if (now.since === undefined) return [{ what: "trusted by hosts since", before: undefined, after: "now" }];
    if (now.found.type === "unreachable") throw unreachable(now.found);
    check(new Date(now.since), now.found, p);
    return [];
  },
  apply: (_found, _now, p) => [
    {
      onController: async (progress, stopping) => {
        const since = new Date();
        await writePublic(p.record, `${since.toISOString()}\n`);
        await useApi(p, { progress, stopping }, async (api) => {
          check(since, await readReliance(api), p);
        });
      },
    },
  ],
  forecast: () => ({}),
});
