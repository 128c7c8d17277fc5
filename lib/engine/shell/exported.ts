import { TaskError } from "../errors.ts";
import { quote } from "./quote.ts";

/** The shell commands that export these variables. Throws TaskError for an invalid variable name. */
export const exported = (variables: Readonly<Record<string, string>> = {}): string =>
  Object.entries(variables)
    .map(([name, value]) => {
      if (/^[A-Za-z_]\w*$/.test(name)) return `export ${name}=${quote(value)}; `;
      throw new TaskError(`"${name}" cannot be the name of an environment variable`);
    })
    .join("");
