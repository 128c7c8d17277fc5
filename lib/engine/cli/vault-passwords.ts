import { defaultLabel, prompt, readSecret, type Ask, type VaultSecret, type VaultSource } from "../vault/index.ts";
import type { VaultFlags } from "./vault-options.ts";

const environmentVariable = "ANSIBLE_VAULT_PASSWORD_FILE";

/** The sources of the vault passwords, in the order in which they are tried. The environment is used without flags. */
export function passwordSources(
  { askVaultPass, vaultPasswordFile, vaultId }: VaultFlags,
  environment: NodeJS.ProcessEnv = process.env,
): VaultSource[] {
  const given = [
    ...vaultId,
    ...vaultPasswordFile.map((source) => ({ label: defaultLabel, source })),
    ...(askVaultPass ? [{ label: defaultLabel, source: prompt }] : []),
  ];
  const file = environment[environmentVariable] ?? "";
  return given.length > 0 || file === "" ? given : [{ label: defaultLabel, source: file }];
}

/** Reads or asks for the passwords, one after the other. */
export async function readPasswords(sources: readonly VaultSource[], ask: Ask): Promise<VaultSecret[]> {
  const secrets: VaultSecret[] = [];
  for (const source of sources) secrets.push(await readSecret(source, ask));
  return secrets;
}
