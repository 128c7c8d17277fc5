import { readFile } from "node:fs/promises";
import { utf8Text } from "#engine/files.ts";
import { defineQuery, defineResource, type Needs, queries, TaskError } from "kubeplay";

/** The text of a file on the controller; undefined if it does not exist. */
const text = defineQuery<string | undefined>({
  kind: "text on the controller",
  // An earlier task may write it, such as a reissued certificate.
  volatile: true,
  get: async (paths) =>
    new Map(
      await Promise.all(
        paths.map(async (path) => {
          const bytes = await readFile(path).catch(() => undefined);
          return [path, bytes && utf8Text(bytes, path)] as const;
        }),
      ),
    ),
});

export interface TextsProps {
  /** Paths by name; the output has the texts under the same names. */
  readonly files: Readonly<Record<string, string>>;
}

type TextsNow = Readonly<
  Record<`text ${string}`, string | undefined> & Record<`file ${string}`, queries.ControllerFileState>
>;

const isToCome = (file: queries.ControllerFileState): boolean =>
  file === undefined || !/^[0-9a-f]{64}$/.test(file.sha256);

/**
 * The texts of files on the controller, such as certificates and keys, as an output for objects that contain them. The
 * output is known after apply if an earlier task writes the files.
 */
export const texts = defineResource({
  kind: "texts",
  label: (p: TextsProps) => Object.values(p.files).join(", "),
  needs: (p) =>
    Object.fromEntries(
      Object.entries(p.files).flatMap(([name, path]) => [
        [`text ${name}`, text(path)],
        [`file ${name}`, queries.controllerFile(path)],
      ]),
    ) as Needs<TextsNow>,
  diff: (now: TextsNow, p) => {
    for (const [name, path] of Object.entries(p.files))
      if (isToCome(now[`file ${name}`])) throw new TaskError(`${path} does not exist: run with --tags pki first`);
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
  output: (now: TextsNow, p): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.keys(p.files).map((name) => [name, now[`text ${name}`] ?? ""])),
  reads: true,
});
