import { OptionError } from "../../errors.ts";
import { writeWhole } from "../../files.ts";
import { seal, type VaultSecret } from "../../vault/index.ts";
import { ask } from "../ask.ts";
import { contentOf, type OutputFlags } from "./files.ts";
import { secretFor, type EncryptFlags } from "./passwords.ts";

export interface StringFlags extends EncryptFlags, OutputFlags {
  readonly name: readonly string[];
  readonly stdinName?: string;
  readonly prompt: boolean;
}

interface Named {
  readonly name?: string;
  readonly text: Buffer;
}

const standard = "-";

export async function encryptString(texts: readonly string[], flags: StringFlags): Promise<void> {
  const { name: names, stdinName, prompt, output = standard } = flags;
  for (const name of [...names, ...(stdinName === undefined ? [] : [stdinName])])
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw new OptionError(`"${name}" is not a variable name: use letters, digits and underscores`);
  const readsInput = stdinName !== undefined || texts.includes(standard) || (texts.length === 0 && !prompt);
  const secret = await secretFor(flags, readsInput);
  const given = [...(prompt ? [await ask("Value to encrypt: ")] : []), ...texts.filter((text) => text !== standard)];
  if (names.length > given.length + (readsInput && stdinName === undefined ? 1 : 0))
    throw new OptionError("there are more names than values");
  const named = given.map((text, index): Named => withName(names[index], Buffer.from(text)));
  const input = readsInput ? [withName(stdinName ?? names[given.length], contentOf(standard))] : [];
  const written = [...named, ...input].map((value) => `${asYaml(value, secret)}\n`).join("");
  if (output === standard) process.stdout.write(written);
  else await writeWhole(output, written, { mode: 0o600 });
}

const withName = (name: string | undefined, text: Buffer): Named => ({ text, ...(name !== undefined && { name }) });

/** A YAML variable with the encrypted value as a block. */
export function asYaml({ name, text }: Named, secret: VaultSecret): string {
  const key = name === undefined ? "" : `${name}: `;
  return `${key}!vault |\n${seal(text, secret).replace(/^/gm, " ".repeat(10))}`;
}
