import { defineResource, queries, TaskError } from "kubeplay";
import type { ApiAccess } from "kubeplay/kubernetes";
import type { Unreachable } from "#kubernetes/api/kubernetes-api.ts";
import { unreachable } from "#kubernetes/manifests/unreachable.ts";
import { publicKeyFile, type PublicKeyState } from "#engine/queries/public-key-file.ts";
import { nextOf, previousOf, type Rotatable } from "#cluster/rotation.ts";
import { recordIn } from "./record.ts";
import { reliance, type Reliance } from "./reliance.ts";

export interface MayDropProps extends ApiAccess {
  readonly name: Rotatable;
  /** The current certificate or public key on the controller; the old one is beside it. */
  readonly path: string;
  /** The file that says since when every host uses the current one. */
  readonly record: string;
  readonly anyway: boolean;
}

interface Now {
  readonly since: string | undefined;
  readonly next: queries.ControllerFileState;
  readonly previous: queries.ControllerFileState;
  readonly previousKey: PublicKeyState;
  readonly found: Reliance | Unreachable;
}

const shown = 10;
const listed = (names: readonly string[]): string =>
  `${names.slice(0, shown).join(", ")}${names.length > shown ? ` and ${String(names.length - shown)} more` : ""}`;

/** kube-apiserver's id of a public key: SHA-256 of its SubjectPublicKeyInfo. */
const keyIdOf = (sha256: string): string => Buffer.from(sha256, "hex").toString("base64url");

/** Pods that were there before every host had the new CA may have read the old one alone. */
export function oldPods(since: Date, { pods }: Reliance): string[] {
  const before = pods.filter((pod) => pod.since !== undefined && new Date(pod.since) < since);
  if (before.length === 0) return [];
  return [
    `these pods have read the CA of the API before ${since.toISOString()}, and may not trust the new one: ${listed(before.map(({ name }) => name))}. Restart them: npm run kubectl -- rollout restart deployment,daemonset,statefulset -n NAMESPACE`,
  ];
}

/** When the last token by the old key ends that a pod may have been given. */
export function safeFrom(since: Date, { pods }: Pick<Reliance, "pods">): Date {
  const seconds = pods
    .filter((pod) => pod.since === undefined || new Date(pod.since) < since)
    .map(({ tokenSeconds }) => tokenSeconds);
  return new Date(since.getTime() + 1000 * Math.max(3607, ...seconds));
}

function oldTokens(since: Date, found: Reliance, key: PublicKeyState, now: Date): string[] {
  const from = safeFrom(since, found);
  const minutes = Math.ceil((from.getTime() - now.getTime()) / 60_000);
  const old = key.type === "key" ? found.tokens.filter(({ keyId }) => keyId === keyIdOf(key.publicKey)) : [];
  return [
    ...(minutes > 0
      ? [
          `pods have tokens by the old key until ${from.toISOString()}: from then on it is safe, in ${String(minutes)} minutes`,
        ]
      : []),
    ...(old.length > 0
      ? [
          `these Secrets have tokens by the old key, which never expire: ${listed(old.map(({ name }) => name))}. Delete them, and create those that are needed again`,
        ]
      : []),
  ];
}

/** Why the old one cannot be dropped; empty if it can. */
export function objections(
  { since, previousKey, found }: Pick<Now, "since" | "previousKey"> & { readonly found: Reliance },
  name: Rotatable,
  now: Date,
): readonly string[] {
  if (since === undefined) return [`its rotation has not ended on every host: npm run play -- -e rotate=${name} certs`];
  if (name === "service-account") return oldTokens(new Date(since), found, previousKey, now);
  return name === "kubernetes-ca" ? oldPods(new Date(since), found) : [];
}

/** Fails while something relies on what is to be dropped. Never a change. */
export const mayDrop = defineResource({
  kind: "rotation check",
  label: ({ name }: MayDropProps) => name,
  needs: (p) => ({
    since: recordIn(p.record),
    next: queries.controllerFile(nextOf(p.path)),
    previous: queries.controllerFile(previousOf(p.path)),
    previousKey: publicKeyFile(previousOf(p.path)),
    found: reliance(p, "all"),
  }),
  diff: ({ next, previous, found, ...now }: Now, { name, anyway }) => {
    if (found.type === "unreachable") throw unreachable(found);
    if (next)
      throw new TaskError(
        `the old ${name} is not dropped, because it is still in use: its rotation is under way. Continue it: npm run play -- -e rotate=${name} certs`,
      );
    // It is dropped already, and this run finishes what an earlier one began.
    if (!previous) return [];
    const all = objections({ ...now, found }, name, new Date());
    if (all.length === 0 || (anyway && now.since !== undefined)) return [];
    const way = now.since === undefined ? "" : "\n  To drop it nevertheless: -e drop_anyway=true";
    throw new TaskError(`the old ${name} is not dropped: ${all.join("\n  ")}${way}`);
  },
  apply: () => [],
  forecast: () => ({}),
});
