import { userInfo } from "node:os";
import { usualFiles } from "../../connection/known-hosts.ts";
import type { Jump, SshSettings } from "../../connection/types.ts";
import { at, type Problem } from "../../errors.ts";
import { inNaturalOrder } from "../natural-order.ts";
import type { SshConfig, Values } from "./evaluate.ts";
import type { Directive } from "./read.ts";
import { hostnameIn, pathOf, withTokens, type Known } from "./tokens.ts";

/** What the inventory or a jump says about an SSH server. It takes precedence over ssh's configuration. */
export interface Said {
  readonly name: string;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  /** The hops before it, first hop first: "user@host:port". Undefined if the configuration may name some. */
  readonly jumps?: readonly string[] | undefined;
}

/** How ssh would reach a server. */
export interface Way extends SshSettings {
  readonly address: string;
  readonly port: number;
  /** Undefined if nothing sets it. */
  readonly user?: string;
  readonly jumps: readonly Jump[];
  /** Whose host keys are trusted; undefined for the usual files. */
  readonly knownHostsFiles?: readonly string[];
}

export interface Finding {
  readonly config: SshConfig;
  /** The user of hops for which nothing sets one. */
  readonly hopUser: string;
  /** Whether StrictHostKeyChecking counts: the inventory does not say anything about it. */
  readonly decidesOnKeys: boolean;
  readonly problems: Problem[];
}

/** The parts of "user@host:port"; undefined if it is nothing like that. */
export function partsOf(jump: string): Said | undefined {
  const [, user, name, bracketed, port] =
    /^(?:ssh:\/\/)?(?:([^@\s]+)@)?(?:([\w.-]+)|\[([\da-fA-F:.]+)\])(?::(\d{1,5}))?$/.exec(jump) ?? [];
  const host = name ?? bracketed;
  return host === undefined ? undefined : { name: host, user, ...(port !== undefined && { port: Number(port) }) };
}

/** The way to a server by ssh's configuration, with its hops by theirs. Adds mistakes to `problems`. */
export function wayTo(said: Said, finding: Finding, behind: readonly string[] = []): Way {
  const { config, problems } = finding;
  const values = config.valuesOf(said.name, said.user);
  const written = (keyword: string): Directive | undefined => values.get(keyword)?.[0];
  const used = new Set<Directive>();
  const use = (directive: Directive): Directive => {
    used.add(directive);
    return directive;
  };
  const word = (keyword: string): string | undefined => {
    const directive = written(keyword);
    return directive && use(directive).words[0];
  };
  const configured = said.port === undefined ? portIn(written("port"), problems, use) : undefined;
  const user = said.user ?? word("user");
  const port = said.port ?? configured ?? 22;
  const address = addressIn(word("hostname"), said.name);
  const known: Known = { original: said.name, host: address, port, user: user ?? userInfo().username };
  const way = said.jumps ? { jumps: said.jumps } : firstHopsIn(values, use);
  const command = "command" in way ? { proxyCommand: withTokens(way.command.text, known, way.command, problems) } : {};
  const jumps = "jumps" in way ? hopsTo(way.jumps, finding, [...behind, said.name], way.by) : [];
  const keys = values.get("identityfile")?.filter(({ words }) => words[0] !== "none");
  const files = knownHostsIn(values, known, problems);
  const trust = written("stricthostkeychecking");
  const settings: SshSettings = {
    ...(keys && { identityFiles: keys.map((key) => pathOf(use(key).words[0] ?? "", known, key, problems)) }),
    ...(finding.decidesOnKeys && trust && acceptsUnknown(trust, problems) && { acceptsUnknownKeys: true }),
    ...(written("hostkeyalias") && { hostKeyAlias: word("hostkeyalias") ?? "" }),
    ...command,
  };
  const places = [...new Set([...used].map(({ where }) => at(where)))].sort(inNaturalOrder).join(", ");
  return {
    address,
    port,
    ...(user !== undefined && { user }),
    jumps,
    ...(files && { knownHostsFiles: files }),
    ...settings,
    ...(places !== "" && { setBy: places }),
  };
}

const addressIn = (hostname: string | undefined, name: string): string =>
  hostname === undefined ? name : hostnameIn(hostname, name).toLowerCase();

function portIn(directive: Directive | undefined, problems: Problem[], use: (of: Directive) => Directive) {
  if (!directive) return undefined;
  const [text = ""] = use(directive).words;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65535) return port;
  problems.push({ message: `Port is "${text}", expected an integer from 1 to 65535`, where: directive.where });
  return undefined;
}

type FirstHops = { readonly jumps: readonly string[]; readonly by?: Directive } | { readonly command: Directive };

/** Of ProxyJump and ProxyCommand the one that comes first counts. */
function firstHopsIn(values: Values, use: (of: Directive) => Directive): FirstHops {
  const keyword = [...values.keys()].find((one) => one === "proxyjump" || one === "proxycommand");
  const directive = keyword === undefined ? undefined : values.get(keyword)?.[0];
  if (!directive || /^none$/i.test(directive.text)) return { jumps: [] };
  use(directive);
  if (keyword === "proxycommand") return { command: directive };
  return { jumps: (directive.words[0] ?? "").split(",").map((hop) => hop.trim()), by: directive };
}

/** The hops of a list, each by its own configuration: the way to the first may have more hops before it. */
function hopsTo(
  hops: readonly string[],
  finding: Finding,
  behind: readonly string[],
  by: Directive | undefined,
): readonly Jump[] {
  return hops.flatMap((hop, index) => {
    const wrong = (message: string): Jump[] => {
      finding.problems.push({ message: `ProxyJump: ${message}`, ...(by && { where: by.where }) });
      return [];
    };
    const parts = partsOf(hop);
    if (!parts) return wrong(`"${hop}" is not a jump host, expected user@host:port`);
    if (behind.includes(parts.name))
      return wrong(`the way to ${parts.name} leads through itself; exclude it with "Host * !${parts.name}"`);
    const {
      jumps,
      user = finding.hopUser,
      ...way
    } = wayTo(index === 0 ? parts : { ...parts, jumps: [] }, finding, behind);
    return [...jumps, { ...way, user }];
  });
}

/** The files of both kinds, the user's first; undefined if nothing sets them. */
function knownHostsIn(values: Values, known: Known, problems: Problem[]): readonly string[] | undefined {
  const [own, global] = [values.get("userknownhostsfile")?.[0], values.get("globalknownhostsfile")?.[0]];
  if (!own && !global) return undefined;
  const [ownFile = "", globalFile = ""] = usualFiles();
  const filesIn = (directive: Directive | undefined, usual: string): string[] =>
    directive
      ? directive.words.filter((word) => word !== "none").map((word) => pathOf(word, known, directive, problems))
      : [usual];
  const files = [...filesIn(own, ownFile), ...filesIn(global, globalFile)];
  // An empty list stands for the usual files.
  return files.length > 0 ? files : ["/dev/null"];
}

/** Unlike ssh, kubeplay asks nobody and records no keys: only "no" makes an unknown key acceptable. */
function acceptsUnknown({ words: [word = ""], where }: Directive, problems: Problem[]): boolean {
  if (/^(no|off|false)$/i.test(word)) return true;
  if (!/^(yes|true|ask|accept-new)$/i.test(word))
    problems.push({ message: `StrictHostKeyChecking is "${word}", expected yes, no, ask or accept-new`, where });
  return false;
}
