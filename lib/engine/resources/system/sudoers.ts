import { TaskError } from "../../errors.ts";
import { prop } from "../../tasks/properties.ts";
import { defineMadeFile, madeFileRules, type MadeFileProps } from "../files/made-file.ts";

/** The properties of `sudoers`. */
export interface SudoersProps extends MadeFileProps {
  /** The name of a file in /etc/sudoers.d: letters, digits, "-" and "_". sudo ignores names with a dot. */
  readonly name: string;
  /** Who may: a user, or a group as "%adm". Not used with state "absent". */
  readonly who?: string;
  /** Absolute paths with arguments, as in sudoers(5), or "ALL". Not used with state "absent". */
  readonly commands?: readonly string[];
  /** As whom: "ALL" by default. */
  readonly as?: string;
  /** Whether sudo asks for a password; true by default. */
  readonly password?: boolean;
}

/**
 * A rule of sudo in /etc/sudoers.d, mode 0440. visudo checks it before it is put in place. Needs the package sudo. Fails
 * with TaskError for a name that sudo would ignore.
 *
 * @example
 * sudoers("Let deploy restart the app", { name: "deploy", who: "deploy", commands: ["/usr/bin/systemctl restart app"], password: false });
 */
export const sudoers = defineMadeFile<SudoersProps>({
  kind: "sudoers",
  props: {
    ...madeFileRules,
    who: prop.optional(prop.text),
    commands: prop.optional(prop.listOf(prop.text)),
    as: prop.optional(prop.text),
    password: prop.optional(prop.flag),
  },
  named: "a rule",
  check,
  dest: ({ name }) => `/etc/sudoers.d/${name}`,
  content: ({ who = "", commands = [], as = "ALL", password = true }) =>
    `${who} ALL=(${as}) ${password ? "" : "NOPASSWD: "}${commands.join(", ")}\n`,
  mode: 0o440,
  validate: "visudo --check --quiet --file=%s",
});

function check({ name, who = "", commands = [], as = "ALL" }: SudoersProps): void {
  if (commands.length === 0) throw new TaskError(`${name}: sudoers requires commands`);
  for (const [what, word] of Object.entries({ who, as }))
    if (!/^[^\s:=(),\\"]+$/.test(word))
      throw new TaskError(`${name}: ${what} is ${JSON.stringify(word)}, expected a name`);
  for (const command of commands)
    if (!/^(?:ALL$|\/|!\/)/.test(command) || /[\r\n]/.test(command))
      throw new TaskError(`${name}: ${JSON.stringify(command)} is not a command, expected an absolute path or ALL`);
}
