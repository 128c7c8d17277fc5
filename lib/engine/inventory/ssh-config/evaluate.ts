import { spawnSync } from "node:child_process";
import { homedir, userInfo } from "node:os";
import path from "node:path";
import { matchesAny } from "../../connection/wildcard.ts";
import type { Problem } from "../../errors.ts";
import { filesOf, readDirectives, type Directive } from "./read.ts";
import { hostnameIn, withTokens } from "./tokens.ts";

/** ssh's own limit of files that include each other. */
const deepest = 16;

/** A file of ssh's configuration, and the folder from which its relative includes count. */
interface Source {
  readonly file: string;
  readonly folder: string;
}

const sourcesOf = (file: string | undefined): readonly Source[] => {
  const user = { file: path.join(homedir(), ".ssh", "config"), folder: path.join(homedir(), ".ssh") };
  if (file !== undefined) return [{ ...user, file }];
  return [user, { file: "/etc/ssh/ssh_config", folder: "/etc/ssh" }];
};

/** The values of one host, by keyword: the first line that sets a keyword counts. All lines of IdentityFile do. */
export type Values = ReadonlyMap<string, readonly Directive[]>;

interface Asked {
  readonly original: string;
  readonly user: string | undefined;
  readonly found: Map<string, Directive[]>;
  /** Whether this is the pass for `Match final`. */
  readonly isFinal: boolean;
  wantsFinal: boolean;
}

/** ssh's configuration on the controller. Reads each file once. */
export class SshConfig {
  readonly #sources: readonly Source[];
  readonly #problems: Problem[];
  readonly #read = new Map<string, readonly Directive[]>();
  readonly #commands = new Map<string, boolean>();
  readonly #notices = new Set<string>();

  /** `file` takes the place of the user's and the system's, as `ssh -F` does. Mistakes are added to `problems`. */
  constructor(problems: Problem[], file?: string) {
    this.#problems = problems;
    this.#sources = file === "none" ? [] : sourcesOf(file);
  }

  /** Lines that may change a connection of ssh's, and that are ignored. */
  get notices(): readonly string[] {
    return [...this.#notices];
  }

  /** What the files say about a host; `user` is the one that the inventory sets. */
  valuesOf(original: string, user?: string): Values {
    const asked: Asked = { original, user, found: new Map(), isFinal: false, wantsFinal: false };
    this.#pass(asked);
    if (asked.wantsFinal) this.#pass({ ...asked, isFinal: true });
    return asked.found;
  }

  #pass(asked: Asked): void {
    for (const { file, folder } of this.#sources) this.#walk({ file, folder }, asked, 0, true);
  }

  /** Lines of a file whose `Include` does not count never count, but a `Match final` in them asks for the last pass. */
  #walk({ file, folder }: Source, asked: Asked, depth: number, counts: boolean): void {
    let isActive = counts;
    for (const directive of this.#directivesOf(file))
      if (directive.keyword === "host") isActive = counts && matchesAny(directive.words, this.#hostPattern(asked));
      else if (directive.keyword === "match") isActive = this.#matches(directive, asked) && counts;
      else if (directive.keyword === "include") this.#include(directive, folder, asked, depth, isActive);
      else if (isActive) this.#set(directive, asked);
  }

  /** `Host` compares with the name that was asked for, and in the last pass with the host's real name. */
  #hostPattern(asked: Asked): string {
    return asked.isFinal ? hostOf(asked) : asked.original;
  }

  #include(directive: Directive, folder: string, asked: Asked, depth: number, counts: boolean): void {
    if (depth === deepest) {
      this.#problems.push({ message: "Include: files include each other without end", where: directive.where });
      return;
    }
    for (const word of directive.words)
      for (const file of filesOf(path.resolve(folder, word.replace(/^~(?=\/|$)/, homedir()))))
        this.#walk({ file, folder }, asked, depth + 1, counts);
  }

  #set(directive: Directive, { found, isFinal }: Asked): void {
    const { keyword, words, where } = directive;
    // The real name is settled before the last pass, which is about it.
    if (isFinal && keyword === "hostname") return;
    if (keyword === "canonicalizehostname" && !/^no(ne)?$/i.test(words[0] ?? ""))
      this.#notices.add(
        `${where.file}:${String(where.line)}: kubeplay does not canonicalize host names; it uses them as they are`,
      );
    const before = found.get(keyword);
    if (!before) found.set(keyword, [directive]);
    else if (keyword === "identityfile" && !before.some(({ text }) => text === directive.text)) before.push(directive);
  }

  #directivesOf(file: string): readonly Directive[] {
    const known = this.#read.get(file) ?? readDirectives(file, this.#problems);
    this.#read.set(file, known);
    return known;
  }

  /** Whether every criterion of a `Match` line holds. */
  #matches(directive: Directive, asked: Asked): boolean {
    const words = [...directive.words];
    if (words.some((word) => /^!?final$/i.test(word))) asked.wantsFinal = true;
    let holds = true;
    while (words.length > 0) {
      const word = words.shift() ?? "";
      const [, not = "", name = "", joined] = /^(!?)([^=]*)(?:=(.*))?$/.exec(word) ?? [];
      const argument = hasArgument(name) ? (joined ?? words.shift()) : "";
      if (argument === undefined) {
        this.#problems.push({ message: `Match ${name}: it has no value`, where: directive.where });
        return false;
      }
      const met = this.#meets(name.toLowerCase(), argument, directive, asked);
      if (met === undefined) return false;
      if (met === (not !== "")) holds = false;
      // ssh runs no command of a line that does not count anyway.
      if (!holds) return false;
    }
    return holds;
  }

  /** Undefined for a criterion that cannot be evaluated. */
  #meets(name: string, argument: string, directive: Directive, asked: Asked): boolean | undefined {
    const patterns = argument.split(",");
    const own = userInfo().username;
    switch (name) {
      case "all":
        return true;
      case "final":
      case "canonical":
        return asked.isFinal;
      case "host":
        return matchesAny(patterns, hostOf(asked));
      case "originalhost":
        return matchesAny(patterns, asked.original);
      case "user":
        return matchesAny(patterns, asked.user ?? asked.found.get("user")?.[0]?.words[0] ?? own);
      case "localuser":
        return matchesAny(patterns, own);
      case "exec":
        return this.#succeeds(argument, directive, asked);
      default:
        this.#notices.add(
          `${directive.where.file}:${String(directive.where.line)}: kubeplay cannot evaluate "Match ${name}" and ignores the lines below it`,
        );
        return undefined;
    }
  }

  /** Each command runs once for each host that it is about. */
  #succeeds(command: string, directive: Directive, asked: Asked): boolean {
    const text = withTokens(command, knownOf(asked), directive, this.#problems);
    const known = this.#commands.get(text) ?? spawnSync("sh", ["-c", text], { stdio: "ignore" }).status === 0;
    this.#commands.set(text, known);
    return known;
  }
}

const hasArgument = (criterion: string): boolean => !/^(all|final|canonical)$/i.test(criterion);

const hostOf = ({ found, original }: Asked): string => hostnameIn(found.get("hostname")?.[0]?.words[0], original);

const knownOf = (asked: Asked) => ({
  original: asked.original,
  host: hostOf(asked),
  port: Number(asked.found.get("port")?.[0]?.words[0] ?? 22),
  user: asked.user ?? asked.found.get("user")?.[0]?.words[0] ?? userInfo().username,
});
