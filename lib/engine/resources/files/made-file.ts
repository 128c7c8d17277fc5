import { TaskError } from "../../errors.ts";
import { path as pathQuery } from "../../queries/path.ts";
import type { Effect, Needs } from "../../tasks/resource.ts";
import { presence, prop, type Rules } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { folderOf } from "./requirements.ts";
import { removalNeeds, type RemovalState } from "./to-come.ts";
import * as files from "./wanted-file.ts";

/** The properties of every resource that is one file with a content of its own making. */
export interface MadeFileProps {
  readonly name: string;
  readonly state?: "present" | "absent";
}

/** Their rules. */
export const madeFileRules = { name: prop.text, state: presence };

/** One kind of file that is made from properties. */
export interface MadeFile<Props extends MadeFileProps> {
  readonly kind: string;
  /** What each property may be. */
  readonly props: Rules<Props>;
  /** What the name is of, for errors: "a cron job". */
  readonly named: string;
  /** Whether the name may have dots; programs ignore most files with one. */
  readonly dots?: boolean;
  /** Throws TaskError for properties that cannot be meant. Not called with state "absent". */
  readonly check: (props: Props) => void;
  /** Absolute path on the host. */
  readonly dest: (props: Props) => string;
  readonly content: (props: Props) => string;
  /** 0644 by default. */
  readonly mode?: number;
  /** A command that must exit with 0 before the file is put in place; `%s` is the new file. */
  readonly validate?: string;
  /** Other answers that a change affects. */
  readonly affects?: readonly Effect[];
}

function checkName(name: string, { named, dots }: Pick<MadeFile<MadeFileProps>, "named" | "dots">): void {
  if (!(dots ? /^[A-Za-z0-9_.-]+$/ : /^[A-Za-z0-9_-]+$/).test(name))
    throw new TaskError(
      `${JSON.stringify(name)} is not the name of ${named}: expected letters, digits, ${dots ? '"-", "_" and "."' : '"-" and "_"'}`,
    );
}

/** Makes a resource that is one file, owned by root, whose content comes from properties. "absent" removes the file. */
export function defineMadeFile<Props extends MadeFileProps>(kind: MadeFile<Props>) {
  const isAbsent = ({ state }: Props): boolean => state === "absent";
  const wanted = files.once((p: Props) => files.wantedOf(kind.content(p)));
  const options = (p: Props): files.FileOptions => ({
    ...{ dest: kind.dest(p), mode: kind.mode ?? files.defaultMode, owner: "root", group: "root" },
    ...(kind.validate !== undefined && { validate: kind.validate }),
  });
  return defineResource({
    kind: kind.kind,
    props: kind.props,
    label: (p: Props) => p.name,
    locate: (p) => {
      checkName(p.name, kind);
      if (!isAbsent(p)) kind.check(p);
      return p;
    },
    needs: (p): Needs<RemovalState> => (isAbsent(p) ? removalNeeds(kind.dest(p)) : { path: pathQuery(kind.dest(p)) }),
    diff: (now, p) =>
      isAbsent(p)
        ? files.removalDifferences(now, kind.dest(p))
        : files.fileDifferences(now.path, wanted(p), options(p)),
    apply: (found, now, p) =>
      isAbsent(p)
        ? files.removalSteps(kind.dest(p), now.path)
        : files.fileSteps(found, now.path, wanted(p), options(p)),
    forecast: (now, p) => ({ path: isAbsent(p) ? files.absent : files.fileForecast(now.path, wanted(p), options(p)) }),
    requires: (p) => (isAbsent(p) ? [] : folderOf(kind.dest(p))),
    effects: (p) => [
      ...(isAbsent(p) ? files.removalEffects(kind.dest(p)) : files.fileEffects(options(p), wanted(p))),
      ...(kind.affects ?? []),
    ],
    // Each property is a part of the content.
    parts: (p) => ({ content: p }),
  });
}
