import { ask } from "../ask.ts";
import type { CommandLine } from "../options.ts";

/** What -k and -K ask for, as the variables that they stand for; weaker than what the inventory says. */
export async function askedPasswords(line: Pick<CommandLine, "askPass" | "askBecomePass">): Promise<object> {
  const ssh = line.askPass ? await ask("SSH password: ") : "";
  const become = line.askBecomePass ? await ask("BECOME password: ") : "";
  return {
    ...(ssh !== "" && { ansible_password: ssh }),
    ...(become !== "" && { ansible_become_password: become }),
  };
}
