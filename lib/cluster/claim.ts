import { readFile } from "node:fs/promises";
import path from "node:path";
import { defineQuery, defineResource, TaskError } from "kubeplay";
import { writeWhole } from "#engine/files.ts";
import { clusterFolder } from "./paths.ts";

export interface ClaimProps {
  readonly cluster: string;
  /** Identifies the cluster: the inventory that lists its hosts. */
  readonly madeFor: string;
}

/** The file that records for which inventory a folder was made. */
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
  kind: "cluster record",
  get: async (files) => new Map(await Promise.all(files.map(async (file) => [file, await read(file)] as const))),
});

/** Reserves a cluster's folder for one inventory: two clusters that shared a CA would trust each other. */
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
        `If it is another cluster, give it its own name: set cluster_name in the vars of the group all.`,
        `If it is the same cluster and its inventory was renamed, write "${p.madeFor}" into ${file}.`,
      ].join("\n"),
    );
  },
  apply: (_found, _now, p) => [
    { onController: () => writeWhole(recordIn(p.cluster), `${p.madeFor}\n`, { folderMode: 0o700 }) },
  ],
  forecast: (_now, p) => ({ madeFor: p.madeFor }),
});
