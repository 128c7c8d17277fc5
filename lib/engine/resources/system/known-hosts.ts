import { isHashOf } from "../../connection/known-hosts.ts";
import { TaskError } from "../../errors.ts";
import type { Lazy } from "../../tasks/output.ts";
import { prop } from "../../tasks/properties.ts";
import type { Task } from "../../tasks/task.ts";
import { defineEdit, editRules, joined, linesOf, type Edited, type EditProps } from "../files/edited-file.ts";

/** The properties of `knownHosts`. */
export interface KnownHostsProps extends Partial<EditProps> {
  /** The name or address as one gives it to ssh; with another port than 22, "[git.example.org]:2222". */
  readonly name: string;
  /** Its public keys, such as "ssh-ed25519 AAAAC3…", without a name. Not used with state "absent". */
  readonly keys?: readonly string[];
  /** /etc/ssh/ssh_known_hosts by default, which is for all users. */
  readonly path?: string;
}

type WithPath = KnownHostsProps & EditProps;

const edited = defineEdit<WithPath>({
  kind: "known hosts",
  props: { ...editRules, name: prop.text, keys: prop.optional(prop.listOf(prop.text)) },
  what: "keys",
  check,
  edit,
});

/**
 * The keys by which ssh knows another host: these and no others. Entries of other hosts, and lines of certificate
 * authorities and of revoked keys, stay. Fails with TaskError for a key that is none.
 *
 * @example
 * knownHosts("Trust the git server", { name: "git.example.org", keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI…"] });
 */
export const knownHosts = (name: string, props: Lazy<KnownHostsProps>): Task =>
  edited(name, { path: "/etc/ssh/ssh_known_hosts", create: true, ...props } as Lazy<WithPath>);

const isAbsent = ({ state }: KnownHostsProps): boolean => state === "absent";

function check(p: WithPath): void {
  if (!/^(?:[^\s,*?!|#@[\]]+|\[[^\s,*?!|#@[\]]+\]:\d+)$/.test(p.name))
    throw new TaskError(`${JSON.stringify(p.name)} is not the name of a host, expected one such as git.example.org`);
  if (!isAbsent(p) && (p.keys ?? []).length === 0) throw new TaskError(`${p.name}: knownHosts requires keys`);
  for (const key of p.keys ?? [])
    if (keyOf(key) === undefined)
      throw new TaskError(
        `${p.name}: ${JSON.stringify(key.slice(0, 40))} is not a public key, expected one such as "ssh-ed25519 AAAA…" without a name`,
      );
}

/** Type and key, without a comment. */
const keyOf = (text: string): string | undefined =>
  /^((?:ssh|ecdsa|sk)-[\w@.-]+\s+[A-Za-z0-9+/]{40,}={0,3})(?:[ \t][^\r\n]*)?$/.exec(text)?.[1]?.replace(/\s+/, " ");

/** The other names of a line that is for this one too; undefined if it is not. */
function others(line: string, name: string): readonly string[] | undefined {
  const [names = "", type] = line.trim().split(/\s+/);
  if (type === undefined || /^[#@]/.test(names)) return undefined;
  if (names.startsWith("|")) return isHashOf(names, name) ? [] : undefined;
  const all = names.split(",");
  const rest = all.filter((one) => one.toLowerCase() !== name.toLowerCase());
  return rest.length < all.length ? rest : undefined;
}

function edit(text: string, p: WithPath): Edited {
  const missing = new Set((isAbsent(p) ? [] : (p.keys ?? [])).flatMap((key) => keyOf(key) ?? []));
  const before = linesOf(text);
  const kept = before.flatMap((line) => {
    const rest = others(line, p.name);
    if (rest === undefined) return [line];
    const entry = line.trim().split(/\s+/).slice(1);
    if (missing.delete(entry.slice(0, 2).join(" "))) return [line];
    return rest.length === 0 ? [] : [[rest.join(","), ...entry].join(" ")];
  });
  const after = [...kept, ...[...missing].map((key) => `${p.name} ${key}`)];
  const only = (some: readonly string[], all: readonly string[]) =>
    some.filter((line) => !all.includes(line)).join("\n") || undefined;
  return after.length === before.length && after.every((line, index) => line === before[index])
    ? { text, before: undefined, after: undefined }
    : { text: joined(after), before: only(before, after), after: only(after, before) };
}
