import { readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { defineResource, type Difference, keyPathOf, queries, TaskError } from "kubeplay";
import { useApi } from "kubeplay/kubernetes";
import type { WaitOptions } from "#engine/queries/define.ts";
import { writePrivate } from "#engine/pki/files.ts";
import { renderKubeconfig } from "#kubernetes/kubeconfig/format.ts";
import { certificatesOfAddons } from "#cluster/renewal.ts";
import { encryptionPath, pkiPath } from "#cluster/paths.ts";
import { writeAddons } from "./addons.ts";
import { effectsOf } from "./effects.ts";
import { findingsOf, type Findings, type HostPart } from "./findings.ts";
import { secretsOf } from "./host-part.ts";
import { trustedAt } from "./places.ts";
import { writePki, type Signed } from "./write.ts";

export interface ClusterPartProps {
  readonly cluster: string;
  /** https://host:port of the API servers. */
  readonly servers: readonly string[];
  readonly patience: number;
  readonly signed: Signed;
  /** CAs whose keys are elsewhere. */
  readonly external: readonly string[];
  /** What each host has told, by its name; undefined if it was not reached. */
  readonly [host: `host ${string}`]: HostPart | undefined;
}

const partsOf = (p: ClusterPartProps): readonly HostPart[] =>
  Object.entries(p).flatMap(([name, value]) => (name.startsWith("host ") && value ? [value as HostPart] : []));

/** Every cluster has it, so a folder with it is one. */
const caOf = ({ cluster }: Pick<ClusterPartProps, "cluster">): string => `${pkiPath(cluster, "kubernetes-ca")}.crt`;
const pkiOf = ({ cluster }: ClusterPartProps): string => path.dirname(caOf({ cluster }));
/** The folder has its name only once it is whole. */
const partial = (p: ClusterPartProps): string => `${pkiOf(p)}.partial`;

/** Fails if the controller has the keys of this cluster, or what is left of them. Never a change. */
export const nothingToLose = defineResource({
  kind: "lost folder",
  label: ({ cluster }: { readonly cluster: string }) => cluster,
  needs: (p) => ({
    ca: queries.controllerFile(caOf(p)),
    caKey: queries.controllerFile(keyPathOf(caOf(p))),
    encryption: queries.controllerFile(encryptionPath(p.cluster)),
  }),
  diff: ({ ca, caKey, encryption }, p): Difference[] => {
    if (!ca && !caKey && !encryption) return [];
    const folder = path.relative(".", path.dirname(caOf(p)));
    throw new TaskError(
      `${folder} is there: adopt is for a controller that has lost it, and overwrites nothing. If a part of it is missing, bring that back from a backup; or move ${folder} away, and play adopt again`,
    );
  },
  apply: () => [],
  forecast: () => ({}),
});

async function askAddons(folder: string, p: ClusterPartProps, { roots, signing }: Findings, wait: WaitOptions) {
  const [ofCluster] = roots;
  const [server] = p.servers;
  if (!ofCluster || server === undefined) return;
  const kubeconfig = path.join(folder, "adopt.kubeconfig");
  const user = path.join(folder, "super-admin");
  const text = renderKubeconfig({
    cluster: p.cluster,
    server,
    user: "super-admin",
    ca: `${ofCluster.current.pem}${ofCluster.previous?.pem ?? ""}${signing.certificate.pem}`,
    certificate: await readFile(`${user}.crt`, "utf8"),
    key: await readFile(`${user}.key`, "utf8"),
  });
  await writePrivate(kubeconfig, text);
  await useApi({ kubeconfig, servers: p.servers, patience: p.patience }, wait, (api) =>
    writeAddons(api, folder, ofCluster.current, certificatesOfAddons),
  );
  await rm(kubeconfig);
}

/** CAs of which hosts have the certificate alone. */
const roots: readonly string[] = Object.keys(trustedAt);

/** The controller's folder of certificates and keys, from what the hosts have told and from the cluster's Secrets. */
export const clusterPart = defineResource({
  kind: "adopted cluster",
  label: ({ cluster }: ClusterPartProps) => path.relative(".", path.dirname(caOf({ cluster }))),
  needs: (p) => ({ ca: queries.controllerFile(caOf(p)) }),
  diff: ({ ca }: { readonly ca: queries.ControllerFileState }, p): Difference[] => {
    if (ca) return [];
    const found = findingsOf(partsOf(p));
    const from = ({ host, path: file }: { readonly host: string; readonly path: string }) => `from ${host}:${file}`;
    return [
      ...found.roots.map(({ name, current, previous }) => ({
        what: name,
        before: undefined,
        after: `the certificate alone, ${current.fingerprint.slice(0, 12)}${previous ? `, and ${previous.fingerprint.slice(0, 12)}, which hosts trust too` : ""}`,
      })),
      ...[found.signing, ...found.leaves].map((one) => ({ what: one.name, before: undefined, after: from(one) })),
      { what: "service-account", before: undefined, after: `from ${found.tokensFrom}` },
      ...p.signed.users.map(({ name }) => ({
        what: name,
        before: undefined,
        after: `a new one by ${found.signing.name}`,
      })),
      { what: "addons", before: undefined, after: "from the cluster's Secrets" },
    ];
  },
  apply: (_found, _now, p) => [
    {
      onController: async (progress, stopping) => {
        const found = findingsOf(partsOf(p));
        await rm(partial(p), { recursive: true, force: true });
        await writePki(partial(p), found, secretsOf, p.signed);
        progress("the API is asked for the certificates of addons");
        await askAddons(partial(p), p, found, { progress, stopping });
        await rename(partial(p), pkiOf(p));
      },
    },
  ],
  effects: (p, found) =>
    found.length === 0
      ? []
      : effectsOf(
          pkiOf(p),
          findingsOf(partsOf(p)),
          p.signed.users.map(({ name }) => name),
        ),
  forecast: () => ({}),
  warnings: (_now, { external }) => {
    const lost = roots.filter((name) => !external.includes(name));
    if (lost.length === 0) return [];
    return [
      `The keys of ${lost.join(", ")} are on no host: the cluster runs on, but nothing new can be issued. Bring them back from a backup, or replace these CAs: npm run play -- -e rotate=${lost.join(",")} certs`,
    ];
  },
});
