import { read } from "read";
import { PlayError } from "../errors.ts";
import type { Answer } from "../runner/index.ts";
import type { Ask } from "../vault/index.ts";

/** Goes to standard error, so that the output of a command stays its own. */
export const ask = (prompt: string): Promise<string> =>
  read({ prompt, silent: true, replace: "", output: process.stderr });

export const askVaultPassword: Ask = (label) => ask(`Vault password${label === undefined ? "" : ` (${label})`}: `);

/** For a password that something is encrypted with from now on: a slip of the finger would lock it away. */
export const askNewVaultPassword: Ask = async (label) => {
  const of = label === undefined ? "" : ` (${label})`;
  const password = await ask(`New vault password${of}: `);
  if ((await ask(`Confirm new vault password${of}: `)) !== password)
    throw new PlayError("the two vault passwords are not the same; nothing was changed");
  return password;
};

/** Ansible's question for --step. */
export async function askWhether(task: string): Promise<Answer> {
  const prompt = `Perform task: ${task} (N)o/(y)es/(c)ontinue: `;
  const [first = "n"] = (await read({ prompt, output: process.stderr })).trim().toLowerCase();
  return first === "y" ? "yes" : first === "c" ? "continue" : "no";
}
