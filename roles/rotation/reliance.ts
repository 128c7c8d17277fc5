import type { Api } from "kubeplay/kubernetes";
import { apiQuery } from "#kubernetes/api/api-query.ts";
import { listAll } from "#kubernetes/api/list-all.ts";

/** A pod that uses the API: it has read the CA when it started, and gets its tokens from its kubelet. */
export interface TokenPod {
  /** "namespace/name" */
  readonly name: string;
  /** ISO 8601; undefined if it has not started. */
  readonly since: string | undefined;
  /** Seconds for which its tokens are valid. */
  readonly tokenSeconds: number;
}

/** A token that never expires, in a Secret. */
export interface LegacyToken {
  /** "namespace/name" of its Secret. */
  readonly name: string;
  /** The id of the key that signed it. */
  readonly keyId: string;
}

export interface Reliance {
  readonly type: "reliance";
  readonly pods: readonly TokenPod[];
  readonly tokens: readonly LegacyToken[];
}

interface Projected {
  readonly projected?: {
    readonly sources?: readonly { readonly serviceAccountToken?: { readonly expirationSeconds?: number } }[];
  };
}
interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly volumes?: readonly Projected[] };
  readonly status?: { readonly startTime?: string; readonly phase?: string };
}
interface Secret {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data?: { readonly token?: string };
}

const nameOf = ({ metadata: { namespace, name } }: Pod | Secret): string => `${namespace}/${name}`;

/** Kubernetes' default for tokens that pods do not ask for by themselves. */
const usualSeconds = 3607;

export function tokenPods(pods: readonly Pod[]): readonly TokenPod[] {
  return pods.flatMap((pod) => {
    const tokens = (pod.spec.volumes ?? [])
      .flatMap(({ projected }) => projected?.sources ?? [])
      .flatMap(({ serviceAccountToken }) => serviceAccountToken ?? []);
    // One that is being deleted has a successor, or none.
    if (pod.metadata.deletionTimestamp !== undefined) return [];
    if (tokens.length === 0 || ["Succeeded", "Failed"].includes(pod.status?.phase ?? "")) return [];
    const seconds = tokens.map(({ expirationSeconds = usualSeconds }) => expirationSeconds);
    return [{ name: nameOf(pod), since: pod.status?.startTime, tokenSeconds: Math.max(...seconds) }];
  });
}

/** The tokens in Secrets; the tokens themselves are left behind. */
export function legacyTokens(secrets: readonly Secret[]): readonly LegacyToken[] {
  return secrets.flatMap((secret) => {
    const [header = ""] = Buffer.from(secret.data?.token ?? "", "base64")
      .toString("utf8")
      .split(".");
    try {
      const { kid } = JSON.parse(Buffer.from(header, "base64url").toString("utf8")) as { kid?: unknown };
      return typeof kid === "string" ? [{ name: nameOf(secret), keyId: kid }] : [];
    } catch {
      return [];
    }
  });
}

/** All that may rely on a CA of the API or on a key of tokens. */
export const readReliance = async (api: Api): Promise<Reliance> => ({
  type: "reliance",
  pods: tokenPods(await listAll<Pod>(api, "/api/v1/pods")),
  tokens: legacyTokens(
    await listAll<Secret>(api, "/api/v1/secrets?fieldSelector=type%3Dkubernetes.io%2Fservice-account-token"),
  ),
});

export const reliance = apiQuery("reliance on CAs and tokens", readReliance);
