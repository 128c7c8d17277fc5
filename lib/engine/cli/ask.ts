import { read } from "read";
import { PlayError } from "../errors.ts";
import { inOneLine } from "../report/printable.ts";
import type { Answer } from "../runner/index.ts";
import type { Ask } from "../vault/index.ts";

/** Prompts on standard error, so that standard output has only the output of the command. */
export const ask = (prompt: string): Promise<string> =>
  read({ prompt, silent: true, replace: "", output: process.stderr });

export const askVaultPassword: Ask = (label) => ask(`Vault password${label === undefined ? "" : ` (${label})`}: `);

/** Asks twice for a password to encrypt with, because a typing error would make the content unreadable. */
export const askNewVaultPassword: Ask = async (label) => {
  const of = label === undefined ? "" : ` (${label})`;
  const password = await ask(`New vault password${of}: `);
  if ((await ask(`Confirm new vault password${of}: `)) !== password)
    throw new PlayError("the two vault passwords differ; nothing was changed");
  return password;
};

/** Ansible's question for --step. */
export async function askWhether(task: string): Promise<Answer> {
  const prompt = `Perform task: ${inOneLine(task)} (N)o/(y)es/(c)ontinue: `;
  const [first = "n"] = (await read({ prompt, output: process.stderr })).trim().toLowerCase();
  return first === "y" ? "yes" : first === "c" ? "continue" : "no";
}
