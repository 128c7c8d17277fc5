import { readFileSync } from "node:fs";
import { InputError, type Location, type Problem } from "../errors.ts";
import { utf8Text } from "../files.ts";
import { didYouMean } from "../schema/nearest.ts";

/** The names that a pattern can match. */
export interface Names {
  readonly groups: ReadonlyMap<string, { readonly hosts: readonly string[] }>;
  readonly hosts: readonly string[];
}

/** The controller. It exists even if the inventory does not name it, and is not part of `all`. */
export const implicitHost = "localhost";

/** Receives a message about an unknown name, with the nearest known one. */
export type Unknown = (message: string) => void;

/**
 * The hosts of a pattern in order. As in Ansible, all names are added first; then intersections (`&`) and exclusions
 * (`!`) apply. An unknown name throws InputError; with `unknown`, it selects no host and is reported there.
 */
export function selectNames(pattern: string, names: Names, unknown?: Unknown): string[] {
  const faults: Fault[] = [];
  const selected = evaluate(
    splitPattern(pattern).map((term) => ({ term, where: undefined })),
    names,
    faults,
  );
  const problems = faults.filter(({ isUnknown }) => !unknown || !isUnknown);
  if (problems.length > 0) throw new InputError(problems);
  for (const { message } of faults) unknown?.(message);
  return selected;
}

/** A mistake in a pattern, or a name that is only unknown to this inventory. */
interface Fault extends Problem {
  readonly isUnknown?: true;
}

interface Term {
  readonly term: string;
  readonly where: Location | undefined;
}

function evaluate(terms: readonly Term[], names: Names, problems: Fault[]): string[] {
  const all = terms.flatMap((term) => linesOf(term, problems));
  const those = (sign: string): ReadonlySet<string>[] =>
    all
      .filter(({ term }) => term.startsWith(sign))
      .map(({ term, where }) => new Set(match({ term: term.slice(1), where }, names, problems, false)));
  const plain = all.filter(({ term }) => !/^[&!]/.test(term));
  const from = plain.length > 0 || all.length === 0 ? plain : [{ term: "all", where: undefined }];
  const selected = new Set(from.flatMap((term) => match(term, names, problems, true)));
  const cuts = those("&");
  const exceptions = those("!");
  return [...selected].filter(
    (host) => cuts.every((cut) => cut.has(host)) && !exceptions.some((gone) => gone.has(host)),
  );
}

/** Splits at commas and colons, but not within brackets: group[0:2], ~(?:a|b). */
export function splitPattern(pattern: string): string[] {
  const terms = [""];
  let depth = 0;
  for (const char of pattern) {
    if (/[[({]/.test(char)) depth++;
    if (/[\])}]/.test(char)) depth--;
    if (depth <= 0 && /[,:]/.test(char)) terms.push("");
    else terms.push((terms.pop() ?? "") + char);
  }
  return terms.map((term) => term.trim()).filter((term) => term !== "");
}

/** The same pattern with the content of its files. Throws InputError if one cannot be read. */
export function inlineFiles(pattern: string): string {
  const problems: Problem[] = [];
  const terms = splitPattern(pattern).flatMap((term) => linesOf({ term, where: undefined }, problems));
  if (problems.length > 0) throw new InputError(problems);
  return terms.map(({ term }) => term).join(",");
}

/** `@file` stands for its lines, each of which is a pattern. */
function linesOf({ term, where }: Term, problems: Problem[]): Term[] {
  if (!term.startsWith("@")) return [{ term, where }];
  const file = term.slice(1);
  try {
    return utf8Text(readFileSync(file), file)
      .split("\n")
      .flatMap((text, index) =>
        text.startsWith("#") ? [] : splitPattern(text).map((term) => ({ term, where: { file, line: index + 1 } })),
      );
  } catch (error) {
    if (error instanceof InputError) problems.push(...error.problems);
    else problems.push({ message: "this list of hosts cannot be read", where: { file } });
    return [];
  }
}

/** The engine of regular expressions throws errors for very long ones, and only once they are used. */
const longestTerm = 1000;

function match({ term, where }: Term, names: Names, problems: Fault[], must: boolean): readonly string[] {
  const wrong = (message: string): [] => {
    problems.push({ message, ...(where && { where }) });
    return [];
  };
  const unknown = (message: string): [] => {
    problems.push({ message, ...(where && { where }), isUnknown: true });
    return [];
  };
  if (term.length > longestTerm) return wrong(`"${term.slice(0, 60)}…" is too long for a pattern`);
  if (term.startsWith("~")) {
    const expression = regexOf(term.slice(1));
    if (!expression) return wrong(`"${term}" is not a valid regular expression`);
    const found = matching(expression, names);
    return found.length > 0 || !must ? found : unknown(`no host or group matches "${term}"`);
  }
  const { name, subscript } = subscriptOf(term);
  const glob = /[*?[]/.test(name) ? globOf(name) : undefined;
  if (glob === "invalid") return wrong(`"${name}" is not a valid pattern: check its brackets`);
  const hosts = glob ? matching(glob, names) : byName(name, names);
  if (!hosts)
    return unknown(`there is no host or group "${name}"${didYouMean(name, [...names.groups.keys(), ...names.hosts])}`);
  if (hosts.length === 0 && must && name !== "*" && !names.groups.has(name))
    return unknown(`no host or group matches "${name}"`);
  const taken = subscript ? subscript(hosts) : hosts;
  return taken ?? wrong(`"${term}": ${name} has only ${String(hosts.length)} hosts, counted from 0`);
}

function byName(name: string, { groups, hosts }: Names): readonly string[] | undefined {
  const group = groups.get(name);
  if (group) return group.hosts;
  return hosts.includes(name) || name === implicitHost ? [name] : undefined;
}

/** The hosts of matching groups, then matching hosts. */
function matching(expression: RegExp, { groups, hosts }: Names): string[] {
  const inGroups = [...groups].filter(([name]) => expression.test(name)).flatMap(([, group]) => group.hosts);
  return [...new Set([...inGroups, ...hosts.filter((name) => expression.test(name))])];
}

function regexOf(source: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${source})`);
  } catch {
    return undefined;
  }
}

/** A shell's glob: *, ?, [abc], [!abc]. */
function globOf(glob: string): RegExp | "invalid" {
  const source = glob.replace(/\[!?[^\]]+\]|[*?]|[^*?[]+|\[/g, (part) => {
    if (part === "*") return ".*";
    if (part === "?") return ".";
    if (part.startsWith("[") && part.length > 1) return part.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
    return part.replace(/[\\^$.|+(){}[\]]/g, "\\$&");
  });
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return "invalid";
  }
}

type Subscript = (hosts: readonly string[]) => readonly string[] | undefined;

/** group[0], group[-1], group[0:2] (including its end), group[1:]. */
function subscriptOf(term: string): { name: string; subscript?: Subscript } {
  const [, name = term, single, from, to] = /^(.+)\[(?:(-?\d+)|(\d*)[:-](\d*))\]$/.exec(term) ?? [];
  if (single !== undefined)
    return {
      name,
      subscript: (hosts) => {
        const host = hosts.at(Number(single));
        return host === undefined ? undefined : [host];
      },
    };
  if (name === term) return { name };
  return { name, subscript: (hosts) => hosts.slice(Number(from), to ? Number(to) + 1 : undefined) };
}
