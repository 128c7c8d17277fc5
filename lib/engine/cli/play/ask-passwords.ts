import { ask } from "../ask.ts";
import type { CommandLine } from "../options.ts";

/** Asks for the passwords of -k and -K. Returns them as connection variables, which the inventory overrides. */
export async function askedPasswords(line: Pick<CommandLine, "askPass" | "askBecomePass">): Promise<object> {
  const ssh = line.askPass ? await ask("SSH password: ") : "";
  const become = line.askBecomePass ? await ask("BECOME password: ") : "";
  return {
    ...(ssh !== "" && { ansible_password: ssh }),
    ...(become !== "" && { ansible_become_password: become }),
  };
}
