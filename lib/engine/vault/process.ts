import { Vault } from "./vault.ts";

/** Files of roles are read deep within resources and queries, which are given nothing but paths. */
let current = new Vault();

/** The passwords that this process was started with: said once, before anything is read. */
export function useVault(vault: Vault): void {
  current = vault;
}

export const currentVault = (): Vault => current;
