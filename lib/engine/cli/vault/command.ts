import { Argument, Command, CommanderError, Option } from "commander";
import { OptionError } from "../../errors.ts";
import { collect, source, withVaultOptions, type VaultFlags } from "../vault-options.ts";
import { decrypt, encrypt, view, type OutputFlags } from "./files.ts";
import { create, edit } from "./edit.ts";
import type { EncryptFlags } from "./passwords.ts";
import { rekey, type RekeyFlags } from "./rekey.ts";
import { encryptString, type StringFlags } from "./string.ts";

const files = (): Argument => new Argument("<file...>");
const filesOrInput = (): Argument => new Argument("[file...]", "standard input where there is none").default([]);
const encryptId = (): Option =>
  new Option("--encrypt-vault-id <label>", "which of several vault passwords to encrypt with");
const output = (): Option => new Option("--output <file>", "write to this file, or with - to standard output");

/** `play vault …`: what ansible-vault does, with files that both read. Gives the exit code. */
export async function vaultCommand(args: readonly string[]): Promise<number> {
  const vault = new Command("play vault")
    .description("Encrypts and decrypts files and values as ansible-vault does.")
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
  add("view", "print what encrypted files say")
    .addArgument(files())
    .action((names: string[], flags: VaultFlags) => view(names, flags));
  add("edit", "edit encrypted files with $EDITOR")
    .addArgument(files())
    .action((names: string[], flags: VaultFlags) => edit(names, flags));
  add("create", "write a new encrypted file with $EDITOR")
    .argument("<file>")
    .addOption(encryptId())
    .action((name: string, flags: EncryptFlags) => create(name, flags));
  add("rekey", "encrypt files with another password")
    .addArgument(files())
    .option("--new-vault-password-file <file>", "the new password: a file, or a program that prints it")
    .option("--new-vault-id <label@source>", "the new password with its label", source)
    .action((names: string[], flags: RekeyFlags) => rekey(names, flags));
  add("encrypt_string", "print values for a file of variables, encrypted one by one")
    .argument("[text...]", "the values; - is standard input", [])
    .option("-n, --name <name>", "the name of the variable, one for each value", collect, [])
    .option("--stdin-name <name>", "read a value from standard input, for the variable of this name")
    .option("-p, --prompt", "ask for the value", false)
    .addOption(encryptId())
    .addOption(output())
    .action((texts: string[], flags: StringFlags) => encryptString(texts, flags));

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
    ? "play vault wants one of its commands: encrypt, decrypt, view, edit, create, rekey, encrypt_string; a playbook of that name is played by its path, play playbooks/vault.ts"
    : message.replace(/^error: /, "");
