import { read } from "read";
import { OptionError, PlayError } from "../errors.ts";
import { inOneLine } from "../report/printable.ts";
import type { Answer } from "../runner/index.ts";
import type { Ask } from "../vault/index.ts";

/** Prompts on standard error, so that standard output has only the output of the command. */
export const ask = (prompt: string): Promise<string> => answerTo(prompt, { silent: true, replace: "" });

/** Rejects with OptionError if the input ends before the answer: nobody would ever give one. */
async function answerTo(prompt: string, options: { readonly silent?: boolean; readonly replace?: string } = {}) {
  const { stdin } = process;
  let atEnd = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    const problem = `nobody answers "${prompt.trim()}": the input has ended. Use a terminal`;
    // A last line without a line end is an answer.
    atEnd = () => setImmediate(() => reject(new OptionError(problem)));
  });
  if (stdin.readableEnded) atEnd();
  const answer = read({ prompt, ...options, output: process.stderr });
  stdin.once("end", atEnd);
  try {
    return await Promise.race([answer, ended]);
  } finally {
    stdin.off("end", atEnd);
  }
}

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
  const [first = "n"] = (await answerTo(prompt)).trim().toLowerCase();
  return first === "y" ? "yes" : first === "c" ? "continue" : "no";
}
