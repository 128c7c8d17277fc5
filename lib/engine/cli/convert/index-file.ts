import { constantFor, ownFolder } from "./names.ts";

/** The text of a role's index.ts: declarations of its variables, and the body of its function. */
export function indexFile(name: string, declared: readonly string[], body: string, used: ReadonlySet<string>): string {
  const context = ["vars", "facts", "host"].filter((one) => one === "vars" || new RegExp(`\\b${one}\\.`).test(body));
  const imports = ["defineRole", ...used, ...(/\bquote\(/.test(body) ? ["quote"] : [])].sort();
  const constant = constantFor(name, new Set(used));
  return `import { Type } from "typebox";
${/\bpath\.posix\./.test(body) ? 'import path from "node:path";\n' : ""}import { ${imports.join(", ")} } from "kubeplay";

export const ${constant} = defineRole({
  name: ${JSON.stringify(name)},
  description: ${JSON.stringify(`Converted from the Ansible role ${name}.`)},
  folder: ${ownFolder},
  vars: {
${declared.join("\n")}
  },
  tasks: ({ ${context.join(", ")} }) => {
    // Values may have any type, as in Ansible: give them types, and read vars instead, where you can.
    const v = { ...vars } as Record<string, any>;
${body}
  },
});

export default ${constant};
`;
}

/** The kind of a variable's type, by its default. */
export function typeOf(given: unknown): string {
  if (typeof given === "string") return "String";
  if (typeof given === "boolean") return "Boolean";
  return Number.isInteger(given) ? "Integer" : "Any";
}
