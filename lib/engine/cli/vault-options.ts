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
    .option("--vault-password-file <file>", "the vault password: a file, or a program that prints it", collect, [])
    .option(
      "--vault-id <label@source>",
      "one of several vault passwords: label@prompt, label@file or label@program",
      (text: string, before: readonly VaultSource[]) => [...before, source(text)],
      [],
    );
