import { TaskError } from "../../errors.ts";
import { prop } from "../../tasks/properties.ts";
import { defineMadeFile, madeFileRules, type MadeFileProps } from "../files/made-file.ts";

/** The properties of `logrotate`. */
export interface LogrotateProps extends MadeFileProps {
  /** The name of a file in /etc/logrotate.d: letters, digits, "-" and "_". */
  readonly name: string;
  /** Absolute paths of log files, also with "*" and "?". Not used with state "absent". */
  readonly paths?: readonly string[];
  /** As in logrotate(8): ["weekly", "rotate 8", "compress", "missingok"]. Not used with state "absent". */
  readonly options?: readonly string[];
  /** A shell text that runs once after all of them were rotated, such as the reload of a service. */
  readonly postrotate?: string;
}

/**
 * Rotation of log files, in /etc/logrotate.d; logrotate checks it before it is put in place. Needs the package logrotate.
 * Fails with TaskError for what would be more than one option.
 *
 * @example
 * logrotate("Rotate the app's logs", {
 *   name: "app", paths: ["/var/log/app/*.log"], options: ["weekly", "rotate 8", "compress", "missingok"],
 *   postrotate: "systemctl reload app",
 * });
 */
export const logrotate = defineMadeFile<LogrotateProps>({
  kind: "logrotate",
  props: {
    ...madeFileRules,
    paths: prop.optional(prop.listOf(prop.text)),
    options: prop.optional(prop.listOf(prop.text)),
    postrotate: prop.optional(prop.text),
  },
  named: "a rotation",
  check,
  dest: ({ name }) => `/etc/logrotate.d/${name}`,
  content: ({ paths = [], options = [], postrotate }) =>
    [
      `${paths.map((path) => (/^[\w./*?+-]+$/.test(path) ? path : `"${path}"`)).join("\n")} {`,
      ...options.map((option) => `    ${option}`),
      ...(postrotate === undefined
        ? []
        : ["    sharedscripts", "    postrotate", postrotate.trimEnd(), "    endscript"]),
      "}",
      "",
    ].join("\n"),
  // For logs that are not there yet it fails too: only errors of a line count.
  validate: `command -v logrotate >&2 && ! logrotate --debug %s 2>&1 | grep -F "error: "%s: >&2`,
});

function check({ name, paths = [], options = [], postrotate = "" }: LogrotateProps): void {
  if (paths.length === 0) throw new TaskError(`${name}: logrotate requires paths`);
  for (const path of paths)
    if (!/^\/[^"\n\r{}\\]*$/.test(path))
      throw new TaskError(`${name}: ${JSON.stringify(path)} is not the absolute path of log files`);
  for (const option of options)
    if (
      !/^[a-z][^\n\r{}]*$/.test(option) ||
      /^(?:(?:pre|post)rotate|(?:first|last)action|preremove|endscript)\b/.test(option)
    )
      throw new TaskError(
        `${name}: ${JSON.stringify(option)} is not an option of one line, expected one such as "rotate 8"`,
      );
  if (/^\s*endscript\b/m.test(postrotate))
    throw new TaskError(`${name}: postrotate has a line endscript, which ends it`);
}
