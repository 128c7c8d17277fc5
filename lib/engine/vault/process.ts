import { Vault } from "./vault.ts";

/** A global, because resources and queries read the files of roles and receive only their paths. */
let current = new Vault();

/** Sets the vault of this process: once, before anything is read. */
export function useVault(vault: Vault): void {
  current = vault;
}

export const currentVault = (): Vault => current;
