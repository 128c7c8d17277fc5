import type { Problem } from "../errors.ts";
import { didYouMean } from "../schema/nearest.ts";
import type { Assignment, Path, Sealed } from "../schema/types.ts";
import type { InventoryBuilder, RawGroup } from "./builder.ts";
import { notYaml, type YamlSource } from "./yaml-source.ts";

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The keys of a map as assignments. Any other value is a problem, except null and undefined. */
export function assignmentsIn(
  source: YamlSource,
  path: Path,
  value: unknown,
  from: string,
  problems: Problem[],
): Assignment[] {
  if (value === null || value === undefined) return [];
  if (!isMap(value)) {
    problems.push({ message: `${from}: expected a map of variables`, where: source.locate(path) });
    return [];
  }
  return source.entries(path, value).map(([name, value]) => ({
    name,
    value,
    from,
    where: source.locate([...path, name]),
    locate: (inner) => source.locate([...path, name, ...inner]),
    ...(source.sealed?.holds(value) && { sealed: source.sealed, untyped: isText(source.sealed, value) }),
  }));
}

/** Only texts can be encrypted one by one: an encrypted number becomes a number again if its schema expects one. */
const isText = ({ textOf }: Sealed, value: unknown): boolean =>
  typeof value === "string" && textOf(value) !== undefined;

const sections = ["vars", "children", "hosts"] as const;

/** Reads the groups, children, hosts and vars of an Ansible inventory in YAML. */
export function parseInventory(source: YamlSource, file: string, builder: InventoryBuilder, problems: Problem[]): void {
  const { value } = source;
  if (!isMap(value)) {
    if (value !== null && value !== undefined) problems.push({ message: notYaml, where: source.locate([]) });
    return;
  }
  const parser = new Parser(source, file, builder, problems);
  for (const [name, group] of source.entries([], value))
    if (sections.some((section) => section === name))
      problems.push({
        message: `${name} is outside of any group; put it under one, such as all`,
        where: source.locate([name]),
      });
    else parser.group(name, group, [name]);
}

class Parser {
  readonly #source: YamlSource;
  readonly #file: string;
  readonly #builder: InventoryBuilder;
  readonly #problems: Problem[];

  constructor(source: YamlSource, file: string, builder: InventoryBuilder, problems: Problem[]) {
    this.#source = source;
    this.#file = file;
    this.#builder = builder;
    this.#problems = problems;
  }

  group(name: string, value: unknown, path: Path): void {
    const group = this.#builder.group(name, this.#source.locate(path));
    if (!group) return;
    if (value === null || value === undefined) return;
    if (!isMap(value)) {
      this.#wrong(path, `group ${name} must be a map of hosts, children and vars`);
      return;
    }
    // In the file's order, as in Ansible: if two places set a host's variable, the later one wins.
    for (const [key, section] of Object.entries(value)) this.#section(group, key, section, [...path, key]);
  }

  #section(group: RawGroup, key: string, value: unknown, path: Path): void {
    const { name } = group;
    if (key === "vars")
      group.vars.push(...assignmentsIn(this.#source, path, value, `${this.#file}, group ${name}`, this.#problems));
    else if (key === "children")
      for (const [child, inner] of this.#members(value, path, `the children of ${name}`)) {
        const where = this.#source.locate([...path, child]);
        if (!group.children.has(child)) group.children.set(child, where);
        this.group(child, inner, [...path, child]);
      }
    else if (key === "hosts")
      for (const [pattern, vars] of this.#members(value, path, `the hosts of ${name}`))
        this.#hosts(group, pattern, vars, [...path, pattern]);
    else this.#unknownSection(name, key, path);
  }

  /** The entries of a map, whose values are maps or nothing. A single name is allowed too, as in Ansible. */
  #members(value: unknown, path: Path, what: string): [string, unknown][] {
    if (value === null || value === undefined) return [];
    if (typeof value === "string") return [[value, null]];
    if (isMap(value)) return this.#source.entries(path, value);
    this.#wrong(path, `${what} must be a map: each name followed by a colon`);
    return [];
  }

  #hosts(group: RawGroup, pattern: string, vars: unknown, path: Path): void {
    const varsOf = (host: string): Assignment[] =>
      assignmentsIn(this.#source, path, vars, `${this.#file}, host ${host}`, this.#problems);
    this.#builder.addHosts(group.name, pattern, this.#source.locate(path), varsOf, this.#file);
  }

  #unknownSection(group: string, key: string, path: Path): void {
    const guess = didYouMean(key, sections);
    const lost = `; a host belongs under the hosts of a group, a group under its children, a variable under its vars`;
    this.#wrong(path, `unknown key ${key} in group ${group}, expected hosts, children or vars${guess || lost}`);
  }

  #wrong(path: Path, message: string): void {
    this.#problems.push({ message, where: this.#source.locate(path) });
  }
}
