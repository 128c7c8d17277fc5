import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";

/** The properties of `addHost`. */
export interface AddHostProps {
  readonly name: string;
  /** The groups that it is in; they are made if there are none of these names. */
  readonly groups?: readonly string[];
  /** Its variables, such as `ansible_host`; a file in host_vars/ overrides them. */
  readonly vars?: Readonly<Record<string, unknown>>;
}

/**
 * Adds a host to the inventory of this run, or groups and variables to a host of it: the plays that follow have it, in
 * check mode too. Never a change; nothing is written to a file.
 *
 * @example
 * addHost("Add the new machine", { name: "web-9", groups: ["web"], vars: { ansible_host: "192.0.2.19" } }).runOnce();
 */
export const addHost = defineResource({
  kind: "add host",
  props: { name: prop.text, groups: prop.optional(prop.listOf(prop.text)), vars: prop.optional(prop.mapOf(prop.any)) },
  label: ({ name }: AddHostProps) => name,
  needs: () => ({}),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  waits: true,
  adds: ({ name, groups = [], vars = {} }) => ({ host: name, groups, parents: [], vars }),
});
