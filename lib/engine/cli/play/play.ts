import path from "node:path";
import { inOneLine, RetryFile } from "../../report/index.ts";
import type { Mask } from "../../runner/index.ts";
import { Vault, useVault } from "../../vault/index.ts";
import { apply } from "./apply.ts";
import { askVaultPassword } from "../ask.ts";
import { drift } from "./drift.ts";
import { listenForInterrupts } from "./interrupts.ts";
import { list } from "./list.ts";
import { makePlan } from "./make-plan.ts";
import type { CommandLine } from "../options.ts";
import { execute } from "./execute.ts";
import { load, prepare } from "./prepare.ts";
import { terminal } from "../terminal.ts";
import { unknownTags } from "./unknown-tags.ts";
import { passwordSources, readPasswords } from "../vault-passwords.ts";

/** Loads everything, then plays, plans, compares or lists. Returns the exit code; throws errors for the user. */
export async function play(line: CommandLine, root: string, mask: Mask): Promise<number> {
  useVault(new Vault(await readPasswords(passwordSources(line), askVaultPassword), (secret) => mask.add(secret)));
  if (line.explainVar !== undefined) return explain(line, line.explainVar, root, mask);
  if (line.apply !== undefined) return apply(line, line.apply, root, mask);
  if (line.drift) return drift(line, root, mask);
  const prepared = await prepare(line, root, mask);
  if (line.syntaxCheck) return 0;
  if (line.listHosts || line.listTasks || line.listTags) {
    const { playbook, inventory, variables } = prepared;
    for (const text of list(playbook, inventory, variables, line, line)) console.log(inOneLine(mask.cover(text)));
    return 0;
  }
  for (const text of unknownTags(prepared, line)) console.error(inOneLine(mask.cover(text)));
  listenForInterrupts(line.stopTimeout);
  if (line.plan !== undefined) return makePlan(prepared, line, line.plan, root);
  const retry = new RetryFile(path.join(root, ".kubeplay", `${path.parse(line.playbook).name}.retry`));
  const views = [terminal(line), ...(line.check ? [] : [retry])];
  const code = await execute(prepared, line, root, { views, recorded: true });
  const which = code === 99 || code === 1 || retry.hasOthers ? "hosts that are not done" : "failed hosts";
  if (retry.written) console.log(`\nTo play only the ${which}, add --limit @${path.relative(root, retry.file)}`);
  return code;
}

/** Answers --explain-var, even if other variables are invalid. */
async function explain(line: CommandLine, name: string, root: string, mask: Mask): Promise<number> {
  const { playbook, inventory, known } = await load(line, root);
  const { explainVariable } = await import("./explain-variable.ts");
  for (const text of explainVariable({ name, playbook, inventory, known, limit: line.limit, mask }))
    console.log(inOneLine(mask.cover(text)));
  return 0;
}
