import { createHash } from "node:crypto";
import { TaskError } from "../../errors.ts";
import { debconf as query, type DebconfState } from "../../queries/debconf.ts";
import { path as pathQuery } from "../../queries/path.ts";
import { checkUnicode } from "../../shell/text.ts";
import { quote } from "../../shell/quote.ts";
import { differences, requirement, type Difference } from "../../tasks/resource.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";

/** The properties of `debconf`. */
export interface DebconfProps {
  /** The package that asks. */
  readonly package: string;
  /** As `debconf-show PACKAGE` names it: "postfix/main_mailer_type". */
  readonly question: string;
  readonly type: (typeof types)[number];
  /** One line; several choices of a "multiselect" with ", " between them; a "boolean" is "true" or "false". */
  readonly value: string;
}

const types = ["string", "boolean", "select", "multiselect", "password", "note", "text", "error"] as const;
const program = "/usr/bin/debconf-set-selections";
const isPassword = ({ type }: DebconfProps): boolean => type === "password";

/** What the host says of this value. */
const answerOf = (p: DebconfProps): string =>
  isPassword(p) ? createHash("sha256").update(p.value).digest("hex") : p.value;

/**
 * An answer to a question that a Debian package asks when it is installed. A package that is installed does not ask
 * again: a handler with `dpkg-reconfigure --frontend=noninteractive PACKAGE` makes it take the new answer. Fails with
 * TaskError if the question is of another type.
 *
 * @example
 * debconf("Make postfix a satellite", { package: "postfix", question: "postfix/main_mailer_type", type: "select", value: "Satellite system" });
 */
export const debconf = defineResource({
  kind: "debconf",
  props: { package: prop.text, question: prop.text, type: prop.oneOf(...types), value: prop.text },
  label: (p: DebconfProps) => p.question,
  locate: (p) => {
    if (!/^[a-z0-9][a-z0-9+.-]+$/.test(p.package))
      throw new TaskError(`${JSON.stringify(p.package)} is not the name of a package`);
    if (!/^[\x21-\x7e]+\/[\x21-\x7e]+$/.test(p.question))
      throw new TaskError(`${JSON.stringify(p.question)} is not a question, expected one such as tzdata/Areas`);
    checkUnicode(p.value, `${p.question}: value`);
    if (/[\r\n\0]|^\s|[\s\\]$/.test(p.value) || (isPassword(p) && p.value === ""))
      throw new TaskError(
        `${p.question}: the value has several lines, begins or ends with a space, ends with a backslash, or is an empty password, which debconf does not keep`,
      );
    return p;
  },
  needs: (p) => ({ now: query(p.question) }),
  diff: ({ now }: { readonly now: DebconfState }, p): Difference[] => {
    if (now && now.type !== p.type)
      throw new TaskError(`${p.question} is a ${now.type}, expected a ${p.type}: correct the task's type`);
    const value = answerOf(p);
    return [
      ...(now?.value === value ? [] : [valueDifference(now, p)]),
      ...differences({ answered: [now?.seen ?? false, true] }),
    ];
  },
  // By standard input: every user of the host can read arguments.
  apply: (_found, _now, p) => [
    `printf '%s\\n' ${quote(`${p.package} ${p.question} ${p.type} ${p.value}`)} | DEBIAN_FRONTEND=noninteractive ${program}`,
  ],
  forecast: (_now, p) => ({ now: { type: p.type, value: answerOf(p), seen: true } }),
  requires: (p) => [
    requirement(
      pathQuery(program),
      ({ type }) => (type === "absent" ? `${p.question}: there is no ${program}` : undefined),
      "add a packages task with debconf before it",
    ),
  ],
  // The answer that is replaced may have been a secret of an earlier run.
  parts: () => ({}),
});

const valueDifference = (now: DebconfState, p: DebconfProps): Difference =>
  isPassword(p)
    ? { what: "value", before: undefined, after: undefined, secret: true, desired: p.value }
    : { what: "value", before: now?.value, after: p.value };
