import { existsSync } from "node:fs";
import { PlayError } from "../../errors.ts";
import { replaceWhole, writeWhole } from "../../files.ts";
import { defaultLabel } from "../../vault/index.ts";
import type { VaultFlags } from "../vault-options.ts";
import { editInPrivate } from "./editor.ts";
import { contentOf, openContent, sealedFile } from "./files.ts";
import { secretFor, vaultFor, type EncryptFlags } from "./passwords.ts";

/** Each file keeps its password and label. */
export async function edit(names: readonly string[], flags: VaultFlags): Promise<void> {
  const sealed = names.map((name) => ({ name, content: contentOf(name) }));
  const vault = await vaultFor(flags);
  const opened = sealed.map(({ name, content }) => ({ name, ...openContent(name, content, vault) }));
  for (const { name, plaintext, secret, label = defaultLabel } of opened) {
    const edited = await editInPrivate(name, plaintext);
    if (!edited.equals(plaintext)) await replaceWhole(name, sealedFile(edited, { ...secret, label }));
  }
}

export async function create(name: string, flags: EncryptFlags): Promise<void> {
  if (existsSync(name)) throw new PlayError(`${name}: this file already exists; use edit to change it`);
  const secret = await secretFor(flags);
  const written = await editInPrivate(name, Buffer.alloc(0));
  await writeWhole(name, sealedFile(written, secret), { mode: 0o600 });
}
