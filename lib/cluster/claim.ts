import { readFile } from "node:fs/promises";
import path from "node:path";
import { defineQuery, defineResource, TaskError } from "kubeplay";
import { writeWhole } from "#engine/files.ts";
import { clusterFolder } from "./paths.ts";

export interface ClaimProps {
  readonly cluster: string;
  /** What tells one cluster from another: where its hosts are written. */
  readonly madeFor: string;
}

/** Says whose cluster a folder holds. */
const recordIn = (cluster: string): string => path.join(clusterFolder(cluster), "made-for");

async function read(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

const record = defineQuery<string | undefined>({
  kind: "what a cluster was made for",
  get: async (files) => new Map(await Promise.all(files.map(async (file) => [file, await read(file)] as const))),
});

/** Keeps a cluster's folder for the inventory that it was made from: two clusters that shared a CA would trust each other. */
export const claim = defineResource({
  kind: "cluster folder",
  label: (p: ClaimProps) => clusterFolder(p.cluster),
  needs: (p) => ({ madeFor: record(recordIn(p.cluster)) }),
  diff: ({ madeFor }: { readonly madeFor: string | undefined }, p) => {
    if (madeFor === p.madeFor) return [];
    if (madeFor === undefined) return [{ what: "made for", before: undefined, after: p.madeFor }];
    const file = path.relative(".", recordIn(p.cluster));
    throw new TaskError(
      [
        `the cluster ${p.cluster} was made for ${madeFor}, but this run is for ${p.madeFor}: two clusters must not share one CA.`,
        `Is it another cluster? Then give it a name of its own: cluster_name, under vars of the group all.`,
        `Is it the same one, and its file was renamed? Then write "${p.madeFor}" into ${file}.`,
      ].join("\n"),
    );
  },
  apply: (_found, _now, p) => [
    { onController: () => writeWhole(recordIn(p.cluster), `${p.madeFor}\n`, { folderMode: 0o700 }) },
  ],
  forecast: (_now, p) => ({ madeFor: p.madeFor }),
});
