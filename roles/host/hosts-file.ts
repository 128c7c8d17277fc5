import { isIPv4 } from "node:net";
import { defineResource, effect, queries, TaskError, unknown } from "kubeplay";
import { editSteps, textOf, type TextFile } from "#engine/resources/files/edit-steps.ts";
import * as files from "#engine/resources/files/wanted-file.ts";

export interface HostName {
  readonly name: string;
  readonly address: string;
}

export interface HostsFileProps {
  readonly known: readonly HostName[];
  /** The host's own name, which Debian maps to a loopback address. */
  readonly own: string;
  /** Whether the file itself is a mount, as in a container: it can be written to, but not replaced. */
  readonly inPlace: boolean;
}

const hosts = "/etc/hosts";

/** A line's address and names, without its comment. */
const partsOf = (line: string): readonly string[] => (line.split("#")[0] ?? "").split(/\s+/).filter(Boolean);

/** The line without these names and the spaces before them; empty if no name is left. */
function without(line: string, gone: readonly string[]): string[] {
  if (partsOf(line).every((part, index) => index === 0 || gone.includes(part))) return [];
  const [, entry = "", comment = ""] = /^([^#]*)(.*)$/.exec(line) ?? [];
  const words = entry.split(/(\s+)/);
  return [
    words.filter((word, index) => !gone.includes(word) && !gone.includes(words[index + 1] ?? "")).join("") + comment,
  ];
}

/** A line without the names that have another address. Lines of IPv6 stay. */
function corrected(line: string, addresses: ReadonlyMap<string, string>, own: string): string[] {
  const [at = "", ...names] = partsOf(line);
  const wrong = names.filter((name) => (addresses.get(name) ?? at) !== at);
  if (wrong.length === 0 || !isIPv4(at)) return [line];
  // The host's own line keeps all its names, so that the host still finds its name with a domain.
  if (wrong.includes(own) && at.startsWith("127.") && !names.includes("localhost"))
    return corrected(line.replace(at, addresses.get(own) ?? at), addresses, own);
  return without(line, wrong);
}

/** The text with each name at its address, and at no other, because the first line counts. The rest of a line stays. */
export function withNames(text: string, { known, own }: Pick<HostsFileProps, "known" | "own">): string {
  const addresses = new Map(known.map(({ name, address }) => [name, address]));
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  const kept = lines.flatMap((line) => corrected(line, addresses, own));
  const there = new Set(
    kept.flatMap((line) => {
      const [at = "", ...names] = partsOf(line);
      return names.map((name) => `${at} ${name}`);
    }),
  );
  const missing = known.map(({ name, address }) => `${address} ${name}`).filter((line) => !there.has(line));
  return [...kept, ...missing].map((line) => `${line}\n`).join("");
}

function wanted(now: TextFile, p: HostsFileProps): string {
  const { path } = now;
  if (path.type === "link") throw new TaskError(`${hosts} is a link to ${path.target}: write the hosts' names there`);
  return withNames(textOf(now, hosts), p);
}

const keeping = (path: queries.PathState, { inPlace }: HostsFileProps): files.FileOptions => ({
  ...{ dest: hosts, mode: path.type === "file" ? path.mode : files.defaultMode, inPlace },
});

/** The names and addresses of hosts in /etc/hosts, to which other programs write too. */
export const hostsFile = defineResource({
  kind: "hosts file",
  label: () => hosts,
  needs: () => ({ path: queries.path(hosts), text: queries.content(hosts) }),
  diff: (now: TextFile, p: HostsFileProps) => {
    const after = wanted(now, p);
    return now.text === after ? [] : [{ what: "names", before: now.text, after }];
  },
  apply: (_found, now, p) => editSteps(now, wanted(now, p), keeping(now.path, p)),
  forecast: (now, p) => {
    const text = wanted(now, p);
    return { path: files.fileForecast(now.path, files.wantedOf(text), keeping(now.path, p)), text };
  },
  effects: () => [effect(queries.digest(hosts), unknown)],
});
