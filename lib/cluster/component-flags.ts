import { Type } from "typebox";
import { InputError, quote } from "kubeplay";

/** Flags of a program without their dashes. A list is a flag that is repeated. */
export type Flags = Readonly<Record<string, string | readonly string[]>>;

/** The variable with which a user extends a component's flags. */
export const extraFlags = Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]), {
  default: {},
  description:
    "Flags without their dashes that extend or replace the role's own; a list repeats a flag. The program itself checks them before its unit is written.",
});

const flagName = /^[a-z0-9][a-z0-9_-]*$/i;
const controls = /[\0-\x1f\x7f]/;

/** The role's flags with those of the variable. Throws InputError for a name that is none, and for control characters. */
export function withExtraFlags(own: Flags, variable: string, extra: Flags): Flags {
  const problems = Object.entries(extra).flatMap(([name, value]) => [
    ...(flagName.test(name)
      ? []
      : [`${variable}: ${JSON.stringify(name)} is not the name of a flag, expected ${expected(name)}`]),
    ...([value].flat().some((text) => controls.test(text))
      ? [`${variable}: the value of ${name} has a line break or another control character, which no unit can hold`]
      : []),
  ]);
  if (problems.length > 0) throw new InputError(problems.map((message) => ({ message })));
  return { ...own, ...extra };
}

const expected = (name: string): string => {
  const bare = name.replace(/^-+/, "").replace(/=.*$/, "");
  return bare !== name && flagName.test(bare)
    ? `"${bare}", without its dashes and with its value apart`
    : "letters, digits and dashes";
};

/** As words of a command line. */
export const flagWords = (flags: Flags): string[] =>
  Object.entries(flags).flatMap(([name, value]) => [value].flat().map((text) => `--${name}=${text}`));

/** One argument in a unit's ExecStart. systemd expands % and $, and splits at blanks, quotes and backslashes. */
const execWord = (text: string): string =>
  /^[^\s"'\\$%]+$/.test(text)
    ? text
    : `"${text.replaceAll(/["\\]/g, "\\$&").replaceAll("$", "$$$$").replaceAll("%", "%%")}"`;

/** The flags as the arguments of a unit's ExecStart. */
export const execArguments = (flags: Flags): readonly string[] => flagWords(flags).map(execWord);

/** A word of the shell, in a command in which %s means a file. */
const literal = (word: string): string => quote(word).replaceAll("%s", "%''s");

/**
 * A shell command that fails with the program's own words if it does not know a flag, or a flag's value is of another
 * type: Kubernetes' programs read all flags before they print their version.
 */
export const flagCheck = (program: string, flags: Flags): string =>
  `said=$(${[program, ...flagWords(flags), "--version"].map(literal).join(" ")} 2>&1) || { echo "$said" | grep -v '^ *$' | tail -n 3 >&2; exit 1; }`;
