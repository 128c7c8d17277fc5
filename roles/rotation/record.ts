import { readFile } from "node:fs/promises";
import { defineQuery, defineResource, type Difference, unknown } from "kubeplay";
import { removeFiles, writePublic } from "#engine/pki/files.ts";
import type { Rotatable } from "#cluster/rotation.ts";

/** When every host used what replaced another, as ISO 8601; undefined if that is not so. */
export const recordIn = defineQuery<string | undefined>({
  kind: "rotation record",
  get: async (paths) => new Map(await Promise.all(paths.map(async (path) => [path, await read(path)] as const))),
});

async function read(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

export interface RecordProps {
  readonly name: Rotatable;
  readonly path: string;
  readonly state: "present" | "absent";
  /** A file that says since when the new one was trusted everywhere, if that was waited for: its time counts. */
  readonly trusted?: string;
}

interface Now {
  readonly since: string | undefined;
  readonly trusted: string | undefined;
}

/** Since when every host uses the new one: a record of an earlier run stays as it is. */
export const rotationRecord = defineResource({
  kind: "rotation record",
  label: ({ name }: RecordProps) => name,
  needs: ({ path, trusted = path }) => ({ since: recordIn(path), trusted: recordIn(trusted) }),
  diff: ({ since }: Now, { state }): Difference[] => {
    if ((since !== undefined) === (state === "present")) return [];
    return state === "present"
      ? [{ what: "in use since", before: undefined, after: "now", desired: unknown }]
      : [{ what: "in use since", before: since, after: undefined }];
  },
  apply: (_found, { trusted }, { path, state }) => [
    {
      onController: () =>
        state === "present" ? writePublic(path, `${trusted ?? new Date().toISOString()}\n`) : removeFiles(path),
    },
  ],
  forecast: (_now, { state }) => ({ since: state === "present" ? unknown : undefined }),
});
