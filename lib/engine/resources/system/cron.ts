import { TaskError } from "../../errors.ts";
import { checkUnicode } from "../../shell/text.ts";
import { prop } from "../../tasks/properties.ts";
import { defineMadeFile, madeFileRules, type MadeFileProps } from "../files/made-file.ts";

/** The properties of `cron`. */
export interface CronProps extends MadeFileProps {
  /** The name of a file in /etc/cron.d: letters, digits, "-" and "_". cron ignores files with other names. */
  readonly name: string;
  /** As in crontab(5): "0 3 * * *", "@daily". Not used with state "absent". */
  readonly schedule?: string;
  /** One line for a shell. A percent sign is kept, although cron takes it for a line end. Not used with "absent". */
  readonly run?: string;
  /** "root" by default. */
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * A job of cron in /etc/cron.d. Needs the package cron. Fails with TaskError for a name that cron would ignore and for a
 * schedule that it cannot read.
 *
 * @example
 * cron("Back up every night", { name: "backup", schedule: "0 3 * * *", run: "/usr/local/bin/backup" });
 */
export const cron = defineMadeFile<CronProps>({
  kind: "cron",
  props: {
    ...madeFileRules,
    schedule: prop.optional(prop.text),
    run: prop.optional(prop.text),
    user: prop.optional(prop.text),
    environment: prop.optional(prop.mapOf(prop.text)),
  },
  named: "a cron job",
  check,
  dest: ({ name }) => `/etc/cron.d/${name}`,
  content: ({ schedule = "", run = "", user = "root", environment = {} }) =>
    [
      ...Object.entries(environment).map(([name, value]) => `${name}="${value}"`),
      `${schedule} ${user} ${run.replaceAll("%", String.raw`\%`)}`,
      "",
    ].join("\n"),
});

const shortcuts = /^@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly)$/;
const field = String.raw`(?:\*|[0-9A-Za-z]+(?:-[0-9A-Za-z]+)?)(?:\/\d+)?`;
const fields = new RegExp(String.raw`^(?:${field}(?:,${field})*)(?:[ \t]+${field}(?:,${field})*){4}$`);

function check({ name, schedule = "", run = "", user = "root", environment = {} }: CronProps): void {
  const fail = (problem: string): never => {
    throw new TaskError(`${name}: ${problem}`);
  };
  if (!shortcuts.test(schedule) && !fields.test(schedule))
    fail(`${JSON.stringify(schedule)} is not a schedule, expected five fields or a word such as @daily`);
  if (run.trim() === "" || /[\r\n]/.test(run)) fail("a cron requires run, a command of one line");
  if (!/^[^\s:]+$/.test(user)) fail(`${JSON.stringify(user)} is not the name of a user`);
  for (const [variable, value] of Object.entries(environment))
    if (!/^[A-Za-z_]\w*$/.test(variable) || /["\r\n]/.test(value))
      fail(
        `cron cannot hold the variable ${JSON.stringify(variable)}: expected a name, and a value without quotes and line ends`,
      );
  checkUnicode(run, `${name}: run`);
}
