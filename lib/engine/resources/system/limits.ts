import { TaskError } from "../../errors.ts";
import { prop } from "../../tasks/properties.ts";
import { defineMadeFile, madeFileRules, type MadeFileProps } from "../files/made-file.ts";

/** A line of limits.conf(5). */
export interface Limit {
  /** A user, a group as "@adm", "*" for all but root, or a range of numbers as "1000:". */
  readonly domain: string;
  /** "-" is both. */
  readonly type: "soft" | "hard" | "-";
  readonly item: (typeof items)[number];
  readonly value: number | "unlimited";
}

/** The properties of `limits`. */
export interface LimitsProps extends MadeFileProps {
  /** The name of a file in /etc/security/limits.d, without its ending: letters, digits, "-" and "_". */
  readonly name: string;
  /** Not used with state "absent". */
  readonly limits?: readonly Limit[];
}

const items = [
  ...(["core", "data", "fsize", "memlock", "nofile", "rss", "stack", "cpu", "nproc", "as", "maxlogins"] as const),
  ...(["maxsyslogins", "nonewprivs", "priority", "locks", "sigpending", "msgqueue", "nice", "rtprio"] as const),
] as const;

/**
 * Limits of users in /etc/security/limits.d, from their next login on. They do not apply to services, which have
 * LimitNOFILE= and the like in their units. Fails with TaskError for what limits.conf(5) does not know.
 *
 * @example
 * limits("Let the database open files", { name: "db", limits: [{ domain: "db", type: "-", item: "nofile", value: 65536 }] });
 */
export const limits = defineMadeFile<LimitsProps>({
  kind: "limits",
  props: {
    ...madeFileRules,
    limits: prop.optional(
      prop.listOf(
        prop.shape({
          domain: prop.text,
          type: prop.oneOf("soft", "hard", "-"),
          item: prop.oneOf(...items),
          value: prop.either(prop.number, prop.oneOf("unlimited")),
        }),
      ),
    ),
  },
  named: "a file of limits",
  check,
  dest: ({ name }) => `/etc/security/limits.d/${name}.conf`,
  content: (p) =>
    (p.limits ?? []).map(({ domain, type, item, value }) => `${domain} ${type} ${item} ${String(value)}\n`).join(""),
});

function check({ name, limits = [] }: LimitsProps): void {
  if (limits.length === 0) throw new TaskError(`${name}: limits requires limits`);
  for (const { domain, item, value } of limits) {
    if (!/^[^\s#]+$/.test(domain))
      throw new TaskError(`${name}: ${JSON.stringify(domain)} is not a user, a group such as @adm, or a range`);
    if (typeof value === "number" && !Number.isInteger(value))
      throw new TaskError(`${name}: ${item} is ${String(value)}, expected a whole number or "unlimited"`);
  }
}
