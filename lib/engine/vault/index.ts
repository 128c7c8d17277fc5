export { defaultLabel, isEncrypted } from "./envelope.ts";
export { VaultError } from "./error.ts";
export { plaintextOf } from "./file.ts";
export { parseSource, prompt, readSecret, type Ask, type VaultSource } from "./password.ts";
export { currentVault, useVault } from "./process.ts";
export { seal, Vault, type Opened, type VaultSecret } from "./vault.ts";
