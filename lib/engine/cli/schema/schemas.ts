import type { VarSpecs } from "../../schema/types.ts";

/** A document in JSON Schema. */
type Document = Readonly<Record<string, unknown>>;

const draft = "https://json-schema.org/draft/2020-12/schema";

/** The schema of a file in group_vars/ or host_vars/. A whole file may be empty. */
export const variablesSchema = (specs: VarSpecs): Document => ({
  $schema: draft,
  title: "Variables",
  ...variables(specs),
});

/** The schema of an inventory, such as hosts.yaml: groups of hosts, with other groups as their children. */
export const inventorySchema = (specs: VarSpecs): Document => ({
  $schema: draft,
  title: "An inventory",
  type: ["object", "null"],
  additionalProperties: { $ref: "#/$defs/group" },
  $defs: {
    variables: variables(specs),
    group: {
      description: "A group of hosts.",
      type: ["object", "null"],
      properties: {
        hosts: mapOf("The hosts by name, each with its variables.", "variables"),
        children: mapOf("Groups whose hosts belong to this group too.", "group"),
        vars: { $ref: "#/$defs/variables", description: "Variables of all hosts of the group." },
      },
      additionalProperties: false,
    },
  },
});

/** Defaults are shown by editors, and not required: any file may have any part of the variables. */
const variables = (specs: VarSpecs): Document => ({
  type: ["object", "null"],
  properties: Object.fromEntries(Object.entries(specs).sort(([a], [b]) => (a < b ? -1 : 1))),
  additionalProperties: false,
});

const mapOf = (description: string, definition: string): Document => ({
  description,
  type: ["object", "null"],
  additionalProperties: { $ref: `#/$defs/${definition}` },
});
