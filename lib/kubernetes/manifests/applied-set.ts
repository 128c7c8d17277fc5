import { refusal, type Api } from "../api/answers.ts";
import type { Manifest } from "../api/manifest.ts";
import { servedKind } from "../api/object-path.ts";

/** Label of every object of a set; its value is the set's name. */
export const setLabel = "kubeplay.dev/set";

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

const groupOf = ({ apiVersion }: Kind): string => (apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "");
/** Identifies a kind in all its versions: each of them serves the same objects. */
export const kindKey = (kind: Kind): string => `${groupOf(kind)}/${kind.kind}`;

/** Each kind once, in the version that comes first. */
export const kindsIn = (kinds: readonly Kind[]): readonly Kind[] => [
  ...new Map([...kinds].reverse().map((kind) => [kindKey(kind), kind])).values(),
];

const namespace = "kube-system";
const nameFor = (set: string): string => `kubeplay-set-${set}`;
const own: Kind = { apiVersion: "v1", kind: "ConfigMap" };

/** An object of the set that records the kinds of the others, so that objects that left the set can be found. */
export const appliedSetOf = (set: string, kinds: readonly Kind[]): Manifest => ({
  ...own,
  metadata: { name: nameFor(set), namespace },
  data: {
    kinds: kindsIn([...kinds, own])
      .map(({ apiVersion, kind }) => `${apiVersion} ${kind}\n`)
      .sort()
      .join(""),
  },
});

export const isAppliedSet = ({ kind, metadata }: Manifest, set: string): boolean =>
  kind === own.kind && metadata.namespace === namespace && metadata.name === nameFor(set);

/** The kinds of objects that a set may have created; empty if the set was never applied. */
export async function recordedKinds(api: Api, set: string): Promise<readonly Kind[]> {
  const served = await servedKind(api, own.apiVersion, own.kind);
  const answer = served && (await api.ask("GET", served.pathOf(nameFor(set), namespace)));
  if (!answer || answer.status === 404) return [];
  if (answer.status !== 200) throw refusal(`the kinds of the set ${set} cannot be read`, answer);
  const { data } = answer.body as { readonly data?: { readonly kinds?: string } };
  const lines = (data?.kinds ?? "").split("\n").filter(Boolean);
  const kinds = lines.map((line): Kind => {
    const [apiVersion = "", kind = ""] = line.split(" ");
    return { apiVersion, kind };
  });
  return Promise.all(kinds.map((kind) => inServedVersion(api, kind)));
}

/** Objects that were created in a version that the API no longer serves exist in another version. */
async function inServedVersion(api: Api, kind: Kind): Promise<Kind> {
  const group = groupOf(kind);
  if (group === "" || (await servedKind(api, kind.apiVersion, kind.kind))) return kind;
  const answer = await api.ask("GET", `/apis/${group}`);
  const { preferredVersion } = answer.body as { readonly preferredVersion?: { readonly groupVersion?: string } };
  return { ...kind, apiVersion: preferredVersion?.groupVersion ?? kind.apiVersion };
}
