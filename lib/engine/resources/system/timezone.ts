import { TaskError } from "../../errors.ts";
import { path as pathQuery } from "../../queries/path.ts";
import { quote } from "../../shell/quote.ts";
import { requirement, type Difference } from "../../tasks/resource.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { linkSteps } from "../files/link.ts";

/** The properties of `timezone`. */
export interface TimezoneProps {
  /** As below /usr/share/zoneinfo: "Europe/Berlin", "UTC". */
  readonly name: string;
}

const dest = "/etc/localtime";
const zones = "/usr/share/zoneinfo";
const fileOf = ({ name }: TimezoneProps): string => `${zones}/${name}`;
const problem = ({ name }: TimezoneProps): string =>
  `there is no time zone ${name} in ${zones}: install tzdata, or correct the name`;
const nameIn = (target: string): string => target.replace(/^(?:\.\.)?\/usr\/share\/zoneinfo\//, "");

/**
 * The time zone of the host. Programs that run keep theirs until they are restarted. Needs the package tzdata. Fails
 * with TaskError if there is no such zone, and if /etc/localtime is no link.
 *
 * @example
 * timezone("Set the time zone", { name: "Europe/Berlin" });
 */
export const timezone = defineResource({
  kind: "timezone",
  props: { name: prop.text },
  label: ({ name }: TimezoneProps) => name,
  locate: (p) => {
    if (!/^[A-Za-z0-9_+-]+(?:\/[A-Za-z0-9_+-]+)*$/.test(p.name))
      throw new TaskError(
        `${JSON.stringify(p.name)} is not the name of a time zone, expected one such as Europe/Berlin`,
      );
    return p;
  },
  needs: () => ({ link: pathQuery(dest) }),
  diff: ({ link }, p): Difference[] => {
    if (link.type !== "link" && link.type !== "absent")
      throw new TaskError(`${dest} is a ${link.type}, expected a link or nothing: move it away first`);
    const before = link.type === "link" ? nameIn(link.target) : undefined;
    return before === p.name ? [] : [{ what: "name", before, after: p.name }];
  },
  // A link to nowhere would be UTC, without a word.
  apply: (_found, { link }, p) => [
    `[ -f ${quote(fileOf(p))} ] || { printf '%s\\n' ${quote(problem(p))} >&2; exit 1; }`,
    ...linkSteps(dest, `..${fileOf(p)}`, link),
  ],
  forecast: (_now, p) => ({ link: { type: "link", target: `..${zones}/${p.name}` } }),
  requires: (p) => [
    requirement(pathQuery(fileOf(p)), ({ type }) =>
      type === "absent" || type === "directory" ? problem(p) : undefined,
    ),
  ],
});
