import { randomBytes } from "node:crypto";
import path from "node:path";
import { connect } from "../connection/connect.ts";
import type { Role } from "../dsl/index.ts";
import { connectionVariables } from "../inventory/connection-variables.ts";
import { loadInventory } from "../inventory/load.ts";
import { RetryFile, RunFiles, Terminal } from "../report/index.ts";
import {
  hostsOf,
  Journal,
  rehearse,
  run,
  Variables,
  type Mask,
  type RunEvent,
  type RunOptions,
} from "../runner/index.ts";
import { Vault, useVault } from "../vault/index.ts";
import { askVaultPassword, askWhether } from "./ask.ts";
import { askedPasswords } from "./ask-passwords.ts";
import { list } from "./list.ts";
import { checkTemplates, loadPlaybook, loadRoles } from "./load.ts";
import type { CommandLine } from "./options.ts";
import { passwordSources, readPasswords } from "./vault-passwords.ts";

/** Loads everything, then plays or lists. Gives the exit code; throws what a person must read. */
export async function play(line: CommandLine, root: string, mask: Mask): Promise<number> {
  useVault(new Vault(await readPasswords(passwordSources(line), askVaultPassword), (secret) => mask.add(secret)));
  const [playbook, roles] = await Promise.all([loadPlaybook(root, line.playbook), loadRoles(root)]);
  const file = path.resolve(root, line.inventory);
  const inventory = loadInventory({
    file,
    root,
    extraVars: line.extraVars,
    defaults: {
      ...(line.user !== undefined && { ansible_user: line.user }),
      ...(line.privateKey !== undefined && { ansible_ssh_private_key_file: path.resolve(line.privateKey) }),
      ...(line.become && { ansible_become: true }),
      ...(await askedPasswords(line)),
    },
  });
  const options: RunOptions = line;
  const playedRoles = [...new Set(playbook.flatMap((one) => one.roles))];
  if (line.explainVar !== undefined) {
    const known = [{ name: "the inventory", vars: connectionVariables }, ...roles, ...playedRoles];
    const { explainVariable } = await import("./explain-variable.ts");
    const asked = { name: line.explainVar, playbook, inventory, known, limit: line.limit, mask };
    for (const text of explainVariable(asked)) console.log(mask.cover(text));
    return 0;
  }
  checkTemplates(playedRoles);
  const played = new Map<string, Set<Role>>();
  for (const one of playbook)
    for (const { name } of hostsOf(one, inventory, options.limit))
      played.set(name, new Set([...(played.get(name) ?? []), ...one.roles]));
  const known = [{ name: "the inventory", vars: connectionVariables }, ...roles, ...playedRoles];
  const variables = new Variables(
    inventory,
    known,
    [...played].map(([host, own]) => ({ host, roles: [...own] })),
    mask,
  );
  rehearse(playbook, inventory, variables, options);
  if (line.syntaxCheck) return 0;
  if (line.listHosts || line.listTasks || line.listTags) {
    for (const text of list(playbook, inventory, variables, options, line)) console.log(mask.cover(text));
    return 0;
  }
  const id = `${new Date().toISOString().replaceAll(/[-:]/g, "").slice(0, 15)}-${randomBytes(2).toString("hex")}`;
  const runFiles = new RunFiles(path.join(root, ".kubeplay", "runs", id));
  const terminal = new Terminal({
    diff: line.diff,
    verbosity: line.verbose,
    width: Math.min(process.stdout.columns || 80, 100),
    print: (text) => console.log(text),
  });
  const retry = new RetryFile(path.join(root, ".kubeplay", `${path.parse(line.playbook).name}.retry`));
  const code = await run({
    id,
    playbookName: line.playbook,
    playbook,
    inventory,
    variables,
    options,
    connect,
    // Another inventory may have another host of the same name.
    journal: new Journal(
      path.join(root, ".kubeplay", "pending-handlers", encodeURIComponent(path.relative(root, file))),
      line.check,
    ),
    emit: (event: RunEvent) => {
      const covered = mask.cover(event);
      runFiles.take(covered);
      terminal.take(covered);
      if (!line.check) retry.take(covered);
    },
    stopping: interrupts(),
    ...(line.step && { ask: askWhether }),
  });
  if (retry.written)
    console.log(
      `\nOnly the hosts that failed: npm run play -- --limit @${path.relative(root, retry.file)} … ${line.playbook}`,
    );
  return code;
}

/** Ctrl-C once: the running steps end, nothing new begins. Twice: at once. */
function interrupts(): () => boolean {
  let asked = false;
  const ask = (): void => {
    if (asked) process.exit(99);
    asked = true;
    console.error("\nInterrupted: the running steps are being finished. Ctrl-C again ends at once.");
  };
  process.on("SIGINT", ask).on("SIGTERM", ask);
  return () => asked;
}
