import { expectation } from "../schema/expectation.ts";
import type { JsonSchema } from "../schema/json-schema.ts";
import type { Declaring } from "../schema/merge-specs.ts";
import { holdsSecret } from "../schema/secret.ts";

interface Row {
  readonly schema: JsonSchema;
  readonly roles: string[];
}

/** A page of all variables there are, as Markdown: what each takes, its default, what it means, and who reads it. */
export function variablesPage(all: readonly Declaring[]): string {
  const rows = new Map<string, Row>();
  for (const { name: role, vars } of all)
    for (const [name, schema] of Object.entries(vars)) {
      const known: Row = rows.get(name) ?? { schema, roles: [] };
      if (!known.roles.includes(role)) known.roles.push(role);
      rows.set(name, known);
    }
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    "# Variables",
    "",
    "Written by `npm run docs:variables` from what the roles declare. A variable is set in the inventory, in `group_vars/`, in",
    "`host_vars/` or with `-e`, as in Ansible; a name that is not in this table is an error.",
    "",
    "| name | takes | default | meaning | read by |",
    "| --- | --- | --- | --- | --- |",
    ...sorted.map(([name, row]) => line(name, row)),
    "",
  ].join("\n");
}

function line(name: string, { schema, roles }: Row): string {
  const { default: standard, description = "" } = schema;
  const what = `${expectation(schema)}${holdsSecret(schema) ? "; secret, shown nowhere" : ""}`;
  const cells = [
    `\`${name}\``,
    what,
    standard === undefined ? "" : `\`${JSON.stringify(standard)}\``,
    description,
    [...roles].sort().join(", "),
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}
