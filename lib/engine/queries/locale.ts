import { defineQuery } from "./define.ts";
import { linesOf } from "./keys.ts";

/** As `locale -a` names it: "de_DE.utf8" for "de_DE.UTF-8". */
const listed = (name: string): string =>
  name.replace(/\.[^@]*/, (charset) => `.${charset.replace(/[^A-Za-z0-9]/g, "").toLowerCase()}`);

/** Whether programs of the host can use a locale, such as "de_DE.UTF-8". */
export const locale = defineQuery<boolean>({
  kind: "locale",
  ask: () => "locale -a 2>/dev/null; :",
  parse: (stdout, names) => {
    const known = new Set(linesOf(stdout).map(listed));
    return new Map(names.map((name) => [name, known.has(listed(name))]));
  },
});
