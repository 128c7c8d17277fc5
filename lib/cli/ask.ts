import { read } from "read";
import type { Answer } from "../runner/index.ts";

/** Ansible's question for --step. */
export async function ask(task: string): Promise<Answer> {
  const answer = await read({ prompt: `Perform task: ${task} (N)o/(y)es/(c)ontinue: ` });
  const [first = "n"] = answer.trim().toLowerCase();
  return first === "y" ? "yes" : first === "c" ? "continue" : "no";
}
