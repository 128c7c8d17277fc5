import { userInfo } from "node:os";
import path from "node:path";
import type { Target } from "../connection/types.ts";
import { at, InputError, type Problem } from "../errors.ts";
import { shownPath } from "../files.ts";
import { checkVariables } from "../schema/check-variables.ts";
import type { Assignment } from "../schema/types.ts";
import { currentVault, type Vault } from "../vault/index.ts";
import { connectionVariables, type ConnectionValues } from "./connection-variables.ts";
import { parseExtraVars } from "./extra-vars.ts";
import { withAdditions } from "./additions.ts";
import { buildGroups, type Group } from "./groups.ts";
import { Layers } from "./layers.ts";
import { LoadedHosts, type LoadedHost } from "./loaded.ts";
import { InventoryBuilder, type RawHost, type RawInventory } from "./builder.ts";
import { implicitHost } from "./pattern.ts";
import { folderOf, inventoryFiles, isHostList, readInventory } from "./sources.ts";
import { reportSharedAddresses } from "./shared-addresses.ts";
import { SshConfigs } from "./ssh-config/configs.ts";
import { wayTo, type Finding, type Way } from "./ssh-config/way.ts";
import { makeTarget, parseCommonArguments } from "./target.ts";
import type { LoadedInventory } from "./types.ts";

export interface InventoryOptions {
  /** Inventory files, folders and lists of hosts, from -i. What a later one says wins. */
  readonly file: string | readonly string[];
  /** The project's folder, which contains playbooks/. */
  readonly root: string;
  /** The values of -e, in order. */
  readonly extraVars?: readonly string[];
  /** Connection variables from the command line, such as --user and --become. All other layers override them. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** The vault that decrypts files and values; the process's own if absent. */
  readonly vault?: Vault;
}

/** Reads an inventory with all its variables. Throws InputError with everything that is wrong. */
export function loadInventory({
  file,
  root,
  extraVars = [],
  defaults = {},
  vault = currentVault(),
}: InventoryOptions): LoadedInventory {
  const problems: Problem[] = [];
  const shown = (of: string): string => shownPath(of, root);
  const extra = parseExtraVars(extraVars, problems, vault);
  const given = [file].flat();
  const name = given.map((one) => (isHostList(one) ? one : shown(path.resolve(one)))).join(", ");
  const raw = new InventoryBuilder(problems);
  for (const one of given.flatMap(inventoryFiles)) readInventory(one, shown(one), { builder: raw, problems, vault });
  // A file that cannot be read is the reason for all that follows.
  if (problems.length > 0 && raw.groups.size === 0) throw new InputError(problems);
  const groups = buildGroups(raw, problems);
  if (!groups) throw new InputError(problems);
  if (raw.hosts.size === 0 && problems.length === 0)
    problems.push({
      message: "there are no hosts in it; add one under the hosts of a group",
      where: { file: name },
    });

  const layers = new Layers({
    groups,
    folders: [...given.map((one) => path.resolve(folderOf(one))), path.resolve(root)],
    shown,
    defaults: Object.entries(defaults).map(([name, value]) => ({ name, value, ...commandLine })),
    extraVars: extra,
    vault,
  });
  const configs = new SshConfigs(root, problems);
  const load = (host: RawHost, groupNames: readonly string[], layers: Layers, problems: Problem[]): LoadedHost => {
    const assignments = layers.of(host, groupNames, problems);
    const { target, address, device } = reach(host, assignments, root, configs, problems);
    const ownGroups = groupNames.filter((name) => name !== "all").sort();
    const known = { name: host.name, address, ...(device !== undefined && { interface: device }), groups: ownGroups };
    return { host: known, where: host.where, assignments, target };
  };
  const controller = raw.hosts.has(implicitHost) ? undefined : load(implicit, [], layers, problems);
  const known = new Map<string, { readonly vars: readonly Assignment[]; readonly host: LoadedHost }>();
  const loaded = (
    { hosts }: RawInventory,
    groups: ReadonlyMap<string, Group>,
    layers: Layers,
    problems: Problem[],
  ): LoadedHosts => {
    const groupsOf = membership(groups);
    const found = (groups.get("all")?.hosts ?? []).flatMap((host) => {
      const own = hosts.get(host);
      return own ? [own] : [];
    });
    const all = found.map((host) => {
      const inside = groupsOf.get(host.name) ?? [];
      // What additions leave as it was is not loaded again.
      const key = JSON.stringify([host.name, inside.map((one) => [one, groups.get(one)?.depth])]);
      const before = known.get(key);
      if (before && sameVariables(before.vars, host.vars)) return before.host;
      const made = load(host, inside, layers, problems);
      known.set(key, { vars: host.vars, host: made });
      return made;
    });
    if (problems.length === 0) reportSharedAddresses(all, problems);
    if (problems.length > 0) throw new InputError(distinct(problems));
    // Only now has every host been asked about in ~/.ssh/config.
    const notices = [...layers.notices([...hosts.keys(), implicitHost]), ...configs.notices];
    return new LoadedHosts(name, all, groups, controller, notices, (additions) => {
      const later: Problem[] = [];
      const more = withAdditions(raw, additions, later);
      const grown = buildGroups(more, later);
      if (!grown || later.length > 0) throw new InputError(distinct(later));
      return loaded(more, grown, layers.withGroups(grown), later);
    });
  };
  return loaded(raw, groups, layers, problems);
}

const sameVariables = (some: readonly Assignment[], others: readonly Assignment[]): boolean =>
  some.length === others.length &&
  some.every(({ name, value }, index) => name === others[index]?.name && value === others[index].value);

const commandLine = { from: "the command line", where: { file: "the command line" } } as const;

const here = { from: "the implicit localhost", where: { file: implicitHost } } as const;
const implicit: RawHost = {
  name: implicitHost,
  where: here.where,
  vars: [
    { name: "ansible_connection", value: "local", ...here },
    { name: "ansible_host", value: "127.0.0.1", ...here },
    // The variables of `all` are for the hosts in the inventory: they must not make tasks root on the controller.
    { name: "ansible_become", value: false, ...here },
  ],
};

function membership(groups: ReadonlyMap<string, Group>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { name, hosts } of groups.values())
    for (const host of hosts) found.set(host, [...(found.get(host) ?? []), name]);
  return found;
}

/** Validates the connection variables of one host. */
function reach(
  { name, where }: RawHost,
  assignments: readonly Assignment[],
  root: string,
  configs: SshConfigs,
  problems: Problem[],
): { target: Target; address: string; device?: string } {
  const ours = assignments.filter(
    (assignment) => Object.hasOwn(connectionVariables, assignment.name) || assignment.name.startsWith("ansible_"),
  );
  const { values, problems: found } = checkVariables({ specs: connectionVariables, assignments: ours, host: name });
  problems.push(...found);
  if (found.length > 0) return { target: makeTarget(name, standard, root), address: name };
  const argsFrom = ours.findLast((assignment) => assignment.name === "ansible_ssh_common_args")?.where;
  const isSet = (variable: keyof ConnectionValues): boolean => ours.some((one) => one.name === variable);
  const args = parseCommonArguments(values.ansible_ssh_common_args, argsFrom ?? where, problems);
  const user = values.ansible_user;
  const said = {
    name: values.ansible_host ?? name,
    user,
    port: isSet("ansible_port") ? values.ansible_port : undefined,
    jumps: args.jumps,
  };
  const finding: Finding = {
    config: configs.in(args.configFile),
    hopUser: user ?? userInfo().username,
    decidesOnKeys: !isSet("ansible_host_key_checking"),
    problems,
  };
  const way: Partial<Way> & { readonly address: string } =
    values.ansible_connection === "ssh"
      ? wayTo(said, finding)
      : { address: said.name, port: values.ansible_port, ...(user !== undefined && { user }) };
  const { node_address: chosen, node_interface: device } = values;
  return {
    target: makeTarget(name, values, root, way),
    address: chosen ?? way.address,
    ...(chosen === undefined && device !== undefined && { device }),
  };
}

/** A placeholder for invalid values. It never leaves this file, because the load fails. */
const standard: ConnectionValues = checkVariables({ specs: connectionVariables, assignments: [] }).values;

/** A wrong variable of a group is wrong for each of its hosts, but is reported once. */
const distinct = (problems: readonly Problem[]): Problem[] => [
  ...new Map(
    problems.map((problem) => [`${problem.where ? at(problem.where) : ""} ${problem.message}`, problem]),
  ).values(),
];
