import { readFile } from "node:fs/promises";
import { defineResource, type Difference, queries } from "kubeplay";
import { refusal, useApi, type ApiAccess } from "kubeplay/kubernetes";
import { inspectAll, type Certificate } from "#engine/pki/inspect.ts";
import { apiQuery } from "#kubernetes/api/api-query.ts";
import { field } from "#kubernetes/api/answers.ts";
import type { Unreachable } from "#kubernetes/api/kubernetes-api.ts";
import { unreachable } from "#kubernetes/manifests/unreachable.ts";

/** API servers add their CAs to it, and never take any out. Extension API servers trust those in it. */
const path = "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication";

type Trusted = { readonly type: "trusted"; readonly clients: string; readonly frontProxies: string } | Unreachable;

const fingerprints = (certificates: readonly Certificate[]): string =>
  certificates
    .map(({ fingerprint }) => fingerprint.slice(0, 12))
    .sort()
    .join(", ");

const inText = (pem: unknown): string => fingerprints(typeof pem === "string" ? inspectAll(pem) : []);
const inBundle = (state: queries.CertificateState): string =>
  fingerprints(state.type === "certificate" ? [state.certificate, ...state.chain] : []);

const trusted = apiQuery("CAs in the API", async (api) => {
  const answer = await api.ask("GET", path);
  if (answer.status !== 200) throw refusal(`${path} cannot be read`, answer);
  const data = field(answer.body, "data");
  return {
    type: "trusted",
    clients: inText(field(data, "client-ca-file")),
    frontProxies: inText(field(data, "requestheader-client-ca-file")),
  } as const;
});

export interface ApiTrustProps extends ApiAccess {
  /** Bundles on the controller. */
  readonly clients: string;
  readonly frontProxies: string;
}

interface Now {
  readonly found: Trusted;
  readonly clients: queries.CertificateState;
  readonly frontProxies: queries.CertificateState;
}

/** The CAs that extension API servers trust for clients and for the front proxy, and no others. */
export const apiTrust = defineResource({
  kind: "API trust",
  label: () => "extension-apiserver-authentication",
  needs: ({ clients, frontProxies, ...access }: ApiTrustProps) => ({
    found: trusted(access, "all"),
    clients: queries.certificateFile(clients),
    frontProxies: queries.certificateFile(frontProxies),
  }),
  diff: ({ found, clients, frontProxies }: Now): Difference[] => {
    if (found.type === "unreachable") throw unreachable(found);
    return [
      { what: "clients' CAs", before: found.clients, after: inBundle(clients) },
      { what: "front proxies' CAs", before: found.frontProxies, after: inBundle(frontProxies) },
    ].filter(({ before, after }) => before !== after);
  },
  apply: (_found, _now, p) => [
    {
      onController: (progress, stopping) =>
        useApi(p, { progress, stopping }, async (api) => {
          const [clients, proxies] = await Promise.all(
            [p.clients, p.frontProxies].map((file) => readFile(file, "utf8")),
          );
          const data = { "client-ca-file": clients, "requestheader-client-ca-file": proxies };
          const content = { type: "application/merge-patch+json", body: { data } };
          const answer = await api.ask("PATCH", path, content);
          if (answer.status !== 200) throw refusal(`${path} cannot be changed`, answer);
        }),
    },
  ],
  forecast: ({ clients, frontProxies }) => ({
    found: { type: "trusted" as const, clients: inBundle(clients), frontProxies: inBundle(frontProxies) },
  }),
});
