import { readFileSync } from "node:fs";
import { InputError, OptionError, PlayError } from "../../errors.ts";
import { replaceWhole, shownPath, writeWhole } from "../../files.ts";
import { isEncrypted, seal, VaultError, type Opened, type Vault } from "../../vault/index.ts";
import type { VaultFlags } from "../vault-options.ts";
import { secretFor, vaultFor, type EncryptFlags } from "./passwords.ts";

export interface OutputFlags {
  readonly output?: string;
}

const standard = "-";

export async function encrypt(names: readonly string[], flags: EncryptFlags & OutputFlags): Promise<void> {
  const inputs = inputsOf(names, flags);
  // All files are read before any is written: an error in the last leaves the first unchanged.
  const plain = inputs.map((name) => ({ name, content: contentOf(name) }));
  for (const { name, content } of plain)
    if (isEncrypted(content))
      throw new PlayError(`${wordFor(name)}: this is already encrypted; use rekey to change the password`);
  const secret = await secretFor(flags, inputs.includes(standard));
  for (const { name, content } of plain) await write(flags.output ?? name, sealedFile(content, secret), name);
}

export async function decrypt(names: readonly string[], flags: VaultFlags & OutputFlags): Promise<void> {
  const inputs = inputsOf(names, flags);
  const sealed = inputs.map((name) => ({ name, content: contentOf(name) }));
  const vault = await vaultFor(flags, inputs.includes(standard));
  const opened = sealed.map(({ name, content }) => ({ name, ...openContent(name, content, vault) }));
  for (const { name, plaintext } of opened) await write(flags.output ?? name, plaintext, name);
}

export async function view(names: readonly string[], flags: VaultFlags): Promise<void> {
  const sealed = names.map((name) => ({ name, content: contentOf(name) }));
  const vault = await vaultFor(flags);
  for (const { plaintext } of sealed.map(({ name, content }) => openContent(name, content, vault)))
    process.stdout.write(plaintext);
}

/** The content of an encrypted file, with a newline at its end. */
export const sealedFile = (...of: Parameters<typeof seal>): string => `${seal(...of)}\n`;

/** Decrypts the content of a file. Throws InputError with file and line. */
export function openContent(name: string, content: Buffer, vault: Vault): Opened {
  try {
    if (!isEncrypted(content)) throw new VaultError("this is not encrypted");
    return vault.open(content.toString("latin1"));
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    throw new InputError([{ message: error.message, where: { file: wordFor(name), line: error.line } }]);
  }
}

export function contentOf(name: string): Buffer {
  try {
    return readFileSync(name === standard ? process.stdin.fd : name);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const reasons: Record<string, string> = { ENOENT: "there is no such file", EISDIR: "this is a folder" };
    throw new PlayError(`${wordFor(name)}: ${reasons[code] ?? `it cannot be read (${code})`}`, { cause: error });
  }
}

const wordFor = (name: string): string => (name === standard ? "standard input" : shownPath(name));

function inputsOf(names: readonly string[], { output }: OutputFlags): readonly string[] {
  if (output !== undefined && names.length > 1) throw new OptionError("--output takes one input file, not several");
  return names.length > 0 ? names : [standard];
}

/** A file that is overwritten in place keeps its mode and owner; only its owner can read a new one. */
async function write(target: string, content: string | Buffer, from: string): Promise<void> {
  if (target === standard) process.stdout.write(content);
  else if (target === from) await replaceWhole(target, content);
  else await writeWhole(target, content, { mode: 0o600 });
}
