import { TaskError } from "../errors.ts";
import { defineQuery, type Query } from "./define.ts";
import { absolutePath, linesOf } from "./keys.ts";
import { quote } from "../shell/quote.ts";

/** A Debian package in a file; undefined if there is no file. */
export type DebFileState =
  | {
      readonly name: string;
      readonly version: string;
      /** The version of this package that is installed; undefined if none is. */
      readonly installed?: string;
    }
  | undefined;

const fields = "${Package}\t${Version}\t${Architecture}\n";
/** Each answer ends with NUL, which no field can hold: the fields of the file, then those of what is installed. */
const ask = (path: string): string => `if [ -f ${path} ]; then
  deb=$(dpkg-deb --show --showformat='${fields}' -- ${path} 2>/dev/null) || deb=none
  printf '%s\\n' "$deb"
  dpkg-query --show --showformat='\${db:Status-Status}\t${fields}' -- "$(printf %s "$deb" | cut -f 1)" 2>/dev/null
fi; printf '\\0'`;

const of = defineQuery<DebFileState>({
  kind: "deb file",
  // Any change may put another file there.
  volatile: true,
  ask: (paths) => paths.map((path) => ask(quote(path))).join("\n"),
  parse: (stdout, paths) => {
    const answers = stdout.split("\0");
    return new Map(
      paths.map((path, index): [string, DebFileState | TaskError] => {
        const [own, ...others] = linesOf(answers[index] ?? "");
        if (own === undefined) return [path, undefined];
        const [name = "", version, architecture] = own.split("\t");
        if (version === undefined || architecture === undefined)
          return [path, new TaskError(`${path} is not a Debian package`)];
        const installed = others
          .map((line) => line.split("\t"))
          .find((row) => row[0] === "installed" && row[1] === name && row[3] === architecture)?.[2];
        return [path, { name, version, ...(installed !== undefined && { installed }) }];
      }),
    );
  },
});

/** The Debian package in the file at an absolute path on the host. Throws TaskError for another path. */
export const debFile = (path: string): Query<DebFileState> => of(absolutePath(path));
