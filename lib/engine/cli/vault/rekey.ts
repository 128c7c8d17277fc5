import { OptionError } from "../../errors.ts";
import { replaceWhole } from "../../files.ts";
import { defaultLabel, prompt, readSecret, type VaultSource } from "../../vault/index.ts";
import { askNewVaultPassword } from "../ask.ts";
import type { VaultFlags } from "../vault-options.ts";
import { contentOf, openContent, sealedFile } from "./files.ts";
import { vaultFor } from "./passwords.ts";

export interface RekeyFlags extends VaultFlags {
  readonly newVaultPasswordFile?: string;
  readonly newVaultId?: VaultSource;
}

export async function rekey(names: readonly string[], flags: RekeyFlags): Promise<void> {
  const { newVaultPasswordFile: file, newVaultId } = flags;
  if (file !== undefined && newVaultId)
    throw new OptionError("--new-vault-password-file and --new-vault-id both name the new password: give only one");
  const sealed = names.map((name) => ({ name, content: contentOf(name) }));
  const vault = await vaultFor(flags);
  const opened = sealed.map(({ name, content }) => ({ name, ...openContent(name, content, vault) }));
  const source = newVaultId ?? { label: defaultLabel, source: file ?? prompt };
  const secret = await readSecret(source, askNewVaultPassword);
  for (const { name, plaintext } of opened) await replaceWhole(name, sealedFile(plaintext, secret));
}
