import { readFile } from "node:fs/promises";
import { defineQuery, defineResource, type Needs, queries, TaskError } from "kubeplay";

/** What is in a file of the controller; undefined where there is none. */
const text = defineQuery<string | undefined>({
  kind: "text on the controller",
  // A task before may write it: a certificate that is issued anew.
  volatile: true,
  get: async (paths) =>
    new Map(
      await Promise.all(
        paths.map(async (path) => [path, await readFile(path, "utf8").catch(() => undefined)] as const),
      ),
    ),
});

export interface TextsProps {
  /** A name for each file, by which the output has its text. */
  readonly files: Readonly<Record<string, string>>;
}

type TextsNow = Readonly<
  Record<`text ${string}`, string | undefined> & Record<`file ${string}`, queries.ControllerFileState>
>;

const isToCome = (file: queries.ControllerFileState): boolean =>
  file === undefined || !/^[0-9a-f]{64}$/.test(file.sha256);

/** Texts of the controller's files, certificates and keys, for objects that hold them. Known after apply where they are to come. */
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
      if (isToCome(now[`file ${name}`])) throw new TaskError(`${path} is not there: run with --tags pki first`);
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
  output: (now: TextsNow, p): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.keys(p.files).map((name) => [name, now[`text ${name}`] ?? ""])),
  reads: true,
});
