import { Argument, Command, CommanderError, Option } from "commander";
import { OptionError } from "../../errors.ts";
import { collect, source, withVaultOptions, type VaultFlags } from "../vault-options.ts";
import { decrypt, encrypt, view, type OutputFlags } from "./files.ts";
import { create, edit } from "./edit.ts";
import type { EncryptFlags } from "./passwords.ts";
import { rekey, type RekeyFlags } from "./rekey.ts";
import { encryptString, type StringFlags } from "./string.ts";

const files = (): Argument => new Argument("<file...>");
const filesOrInput = (): Argument => new Argument("[file...]", "standard input if omitted").default([]);
const encryptId = (): Option =>
  new Option("--encrypt-vault-id <label>", "vault id to encrypt with, if several are given");
const output = (): Option => new Option("--output <file>", "output file; - for standard output");

/** The commands of `play vault`. */
export function vaultProgram(): Command {
  const vault = new Command("play vault")
    .description("Encrypt and decrypt files and values in the format of ansible-vault.")
    .helpCommand(false);
  const add = (name: string, description: string): Command =>
    withVaultOptions(vault.command(name).description(description));

  add("encrypt", "encrypt files in place")
    .addArgument(filesOrInput())
    .addOption(encryptId())
    .addOption(output())
    .action((names: string[], flags: EncryptFlags & OutputFlags) => encrypt(names, flags));
  add("decrypt", "decrypt files in place")
    .addArgument(filesOrInput())
    .addOption(output())
    .action((names: string[], flags: VaultFlags & OutputFlags) => decrypt(names, flags));
  add("view", "print the contents of encrypted files")
    .addArgument(files())
    .action((names: string[], flags: VaultFlags) => view(names, flags));
  add("edit", "edit encrypted files with $EDITOR")
    .addArgument(files())
    .action((names: string[], flags: VaultFlags) => edit(names, flags));
  add("create", "create an encrypted file with $EDITOR")
    .argument("<file>")
    .addOption(encryptId())
    .action((name: string, flags: EncryptFlags) => create(name, flags));
  add("rekey", "encrypt files with a new password")
    .addArgument(files())
    .option("--new-vault-password-file <file>", "new vault password file, or a program that prints the password")
    .option(
      "--new-vault-id <label@source>",
      "new vault password with a label: label@prompt, label@file or label@program",
      source,
    )
    .action((names: string[], flags: RekeyFlags) => rekey(names, flags));
  add("encrypt_string", "encrypt values one by one and print them as YAML variables")
    .argument("[text...]", "values to encrypt; - for standard input", [])
    .option("-n, --name <name>", "name of the variable; repeat it for each value", collect, [])
    .option("--stdin-name <name>", "name of the variable whose value is read from standard input")
    .option("-p, --prompt", "ask for the value to encrypt", false)
    .addOption(encryptId())
    .addOption(output())
    .action((texts: string[], flags: StringFlags) => encryptString(texts, flags));
  return vault;
}

/** `play vault …`: the commands of ansible-vault, for files that both programs read. Returns the exit code. */
export async function vaultCommand(args: readonly string[]): Promise<number> {
  const vault = vaultProgram();
  for (const command of [vault, ...vault.commands])
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    await vault.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    throw new OptionError(wordsOf(error), { cause: error });
  }
  return 0;
}

const wordsOf = ({ code, message }: CommanderError): string =>
  code === "commander.help"
    ? "play vault needs a command: encrypt, decrypt, view, edit, create, rekey or encrypt_string; to run a playbook named vault, give its path: play playbooks/vault.ts"
    : message.replace(/^error: /, "");
