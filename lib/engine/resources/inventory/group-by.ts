import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";

/** The properties of `groupBy`. */
export interface GroupByProps {
  /** The name of the group. Spaces become `-`, as in Ansible. */
  readonly key: string;
  /** Groups that contain the group; they are made if there are none of these names. */
  readonly parents?: readonly string[];
}

/**
 * Puts the task's host into a group of the inventory of this run: the plays that follow have it, in check mode too.
 * Never a change; nothing is written to a file.
 *
 * @example
 * groupBy("Group by system", { key: `os_${facts.os.id}`, parents: ["by_system"] });
 */
export const groupBy = defineResource({
  kind: "group by",
  props: { key: prop.text, parents: prop.optional(prop.listOf(prop.text)) },
  label: ({ key }: GroupByProps) => nameOf(key),
  needs: () => ({}),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  waits: true,
  adds: ({ key, parents = [] }, host) => ({ host, groups: [nameOf(key)], parents: parents.map(nameOf), vars: {} }),
});

const nameOf = (key: string): string => key.replaceAll(" ", "-");
