import { InvalidArgumentError, type Command } from "commander";
import { parseSource, type VaultSource } from "../vault/password.ts";

/** Where the vault passwords come from. */
export interface VaultFlags {
  readonly askVaultPass: boolean;
  readonly vaultPasswordFile: readonly string[];
  readonly vaultId: readonly VaultSource[];
}

export const collect = (text: string, before: readonly string[]): string[] => [...before, text];

export function source(text: string): VaultSource {
  try {
    return parseSource(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidArgumentError(error.message);
  }
}

/** Ansible's flags for vault passwords, on every command that reads variables. */
export const withVaultOptions = (command: Command): Command =>
  command
    .option("-J, --ask-vault-pass", "ask for the vault password", false)
    .option("--vault-password-file <file>", "vault password file, or a program that prints the password", collect, [])
    .option(
      "--vault-id <label@source>",
      "vault password with a label: label@prompt, label@file or label@program; can be repeated",
      (text: string, before: readonly VaultSource[]) => [...before, source(text)],
      [],
    );
