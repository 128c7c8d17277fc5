import type { LoadedInventory } from "../../inventory/types.ts";
import type { HostVariables } from "./host-variables.ts";

/** The output of an Ansible inventory script: each group with hosts and children, and the variables in `_meta`. */
export function listAsJson(
  { groups, hosts }: LoadedInventory,
  wanted: ReadonlySet<string>,
  variables: HostVariables,
): Readonly<Record<string, unknown>> {
  const listed = Object.fromEntries(
    [...groups.values()].map(({ name, ownHosts, children }) => [
      name,
      withoutEmpty({ hosts: name === "all" ? [] : ownHosts.filter((host) => wanted.has(host)), children }),
    ]),
  );
  const hostvars = Object.fromEntries(
    hosts.filter(({ name }) => wanted.has(name)).map(({ name }) => [name, variables.of(name)]),
  );
  return { ...withoutEmpty(listed), _meta: { hostvars: withoutEmpty(hostvars), profile: "inventory_legacy" } };
}

/** The same as an inventory file. A host's variables are at the place where it is first named. */
export function listAsYaml(
  { groups }: LoadedInventory,
  wanted: ReadonlySet<string>,
  variables: HostVariables,
): Readonly<Record<string, unknown>> {
  const seenGroups = new Set<string>();
  const seenHosts = new Set<string>();
  const once = (seen: Set<string>, name: string, make: () => object): object => {
    if (seen.has(name)) return {};
    seen.add(name);
    return make();
  };
  const format = (name: string): Readonly<Record<string, unknown>> => {
    const group = groups.get(name);
    // In Ansible's order: the variables of a host that is also in a child group are there.
    const children = Object.assign({}, ...(group?.children ?? []).map((child) => inside(child))) as object;
    const own = name === "all" ? [] : (group?.ownHosts ?? []).filter((host) => wanted.has(host));
    const hosts = Object.fromEntries(own.map((host) => [host, once(seenHosts, host, () => variables.of(host))]));
    return withoutEmpty({ children, hosts });
  };
  const inside = (name: string): Readonly<Record<string, unknown>> => {
    if (seenGroups.has(name)) return { [name]: {} };
    const formatted = format(name);
    seenGroups.add(name);
    return withoutEmpty({ [name]: formatted });
  };
  return { all: format("all") };
}

const withoutEmpty = <T extends object>(parts: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0));
