import { quote } from "../shell/quote.ts";
import { becomeMethod, type Become } from "./become.ts";

/** Texts by which the controller recognizes how far a start has come. */
export interface Signs {
  /** Printed by the login user's sh. */
  readonly begun: string;
  /** Printed by the wanted user's sh, with its process id. */
  readonly ready: string;
  /** sudo's question for the password; other programs have questions of their own. */
  readonly prompt: string;
}

/**
 * The command that starts `sh` as another user. A login shell parses it, which may be fish or csh: quotes hold neither
 * line ends nor `!`, and everything else travels over standard input. It begins in the folder of the login if the user
 * may enter that, which users other than root often may not.
 */
export function startCommand({ begun, ready, prompt }: Signs, become: Become | undefined): string {
  const program = `cd . 2>/dev/null || cd /; echo ${ready} $$; IFS= read -r kubeplay_line; eval "$kubeplay_line"`;
  if (!become) return `sh -c ${quote(program)}`;
  // The messages of sudo and the like are parsed, and the user may have another locale.
  const command = `unset LANGUAGE; export LC_ALL=C; exec ${becomeMethod(become).command(become, program, prompt)}`;
  return `sh -c ${quote(`echo ${begun}; ${command}`)}`;
}

/** The line that makes the started `sh` run a program in its place. `read` takes one line, and no byte of the next. */
export function programLine(program: string): string {
  const command = `exec ${program}`;
  if (!command.includes("\n")) return `${command}\n`;
  const escaped = command.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return `eval "$(printf %b ${quote(escaped)})"\n`;
}
