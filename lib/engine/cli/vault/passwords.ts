import { OptionError } from "../../errors.ts";
import { defaultLabel, prompt, Vault, type Ask, type VaultSecret } from "../../vault/index.ts";
import { askNewVaultPassword, askVaultPassword } from "../ask.ts";
import type { VaultFlags } from "../vault-options.ts";
import { passwordSources, readPasswords } from "../vault-passwords.ts";

export interface EncryptFlags extends VaultFlags {
  readonly encryptVaultId?: string;
}

/** The passwords that the flags name. If they name none, the user is asked for one. */
async function secretsOf(flags: VaultFlags, ask: Ask, inputIsTaken: boolean): Promise<VaultSecret[]> {
  const named = passwordSources(flags);
  const sources = named.length > 0 ? named : [{ label: defaultLabel, source: prompt }];
  if (inputIsTaken && sources.some(({ source }) => source === prompt))
    throw new OptionError(
      "the text comes from standard input, so the vault password cannot be asked for: give --vault-password-file or --vault-id label@file",
    );
  return readPasswords(sources, ask);
}

export const vaultFor = async (flags: VaultFlags, inputIsTaken = false): Promise<Vault> =>
  new Vault(await secretsOf(flags, askVaultPassword, inputIsTaken));

/** The password to encrypt new content with. */
export async function secretFor(flags: EncryptFlags, inputIsTaken = false): Promise<VaultSecret> {
  const { encryptVaultId: wanted } = flags;
  const secrets = await secretsOf(flags, askNewVaultPassword, inputIsTaken);
  const labels = [...new Set(secrets.map(({ label }) => label))];
  if (wanted === undefined && labels.length > 1)
    throw new OptionError(`several vault ids are given (${labels.join(", ")}): choose one with --encrypt-vault-id`);
  const secret = wanted === undefined ? secrets[0] : secrets.find(({ label }) => label === wanted);
  if (!secret)
    throw new OptionError(
      `--encrypt-vault-id ${wanted ?? ""}: no vault password has this id, only ${labels.join(", ")}`,
    );
  return secret;
}
