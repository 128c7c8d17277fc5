import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { PlayError } from "../errors.ts";
import { utf8Text } from "../files.ts";
import { defaultLabel } from "./envelope.ts";
import type { VaultSecret } from "./vault.ts";

/** The source of a password: `label@source`. */
export interface VaultSource {
  readonly label: string;
  /** A file, a program that prints it, or "prompt". */
  readonly source: string;
}

export const prompt = "prompt";

/** `label@source`, or a source alone. Throws RangeError. */
export function parseSource(text: string): VaultSource {
  const at = text.indexOf("@");
  const label = at > 0 ? text.slice(0, at).trim() : defaultLabel;
  const source = text.slice(at + 1).trim();
  if (source === "") throw new RangeError("expected label@prompt, label@file or a file");
  if (/[;\s]/.test(label)) throw new RangeError("a label has neither spaces nor semicolons");
  return { label, source };
}

/** Asks the user. `label` is absent if the password has the default label. */
export type Ask = (label?: string) => Promise<string>;

export async function readSecret({ label, source }: VaultSource, ask: Ask): Promise<VaultSecret> {
  const password = source === prompt ? await ask(label === defaultLabel ? undefined : label) : fromFile(label, source);
  if (password === "")
    throw new PlayError(`${source === prompt ? "the vault password" : source}: the password is empty`);
  return { label, password };
}

function fromFile(label: string, written: string): string {
  const file = path.resolve(written.replace(/^~(?=\/|$)/, homedir()));
  try {
    if (statSync(file).isDirectory())
      throw new PlayError(`${written}: expected a file with the vault password, this is a folder`);
    if (!isExecutable(file)) return utf8Text(readFileSync(file), written).trim();
    if (isProgram(file)) return fromProgram(label, file, written);
    throw new PlayError(
      `${written}: it is executable but cannot be run; if it holds the vault password, run chmod 600 on it`,
    );
  } catch (error) {
    if (error instanceof PlayError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const why = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
    throw new PlayError(`${written}: no vault password: ${why}`, { cause: error });
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return (statSync(file).mode & 0o111) !== 0;
  } catch {
    return false;
  }
}

/** A shell would run anything else as commands, and repeat it in its errors. */
const isProgram = (file: string): boolean => /^(?:#!|\x7fELF)/.test(readFileSync(file, "latin1").slice(0, 4));

/** Runs it as Ansible does: a program whose name ends in -client gets the label as --vault-id. */
function fromProgram(label: string, file: string, written: string): string {
  const isClient = path.parse(file).name.endsWith("-client");
  const { status, stdout, stderr, error, signal } = spawnSync(file, isClient ? ["--vault-id", label] : [], {
    encoding: "utf8",
    stdio: ["inherit", "pipe", "pipe"],
  });
  if (error) throw new PlayError(`${written}: the program for the vault password could not be run: ${error.message}`);
  if (status === 0) return stdout.replace(/^[\r\n]+|[\r\n]+$/g, "");
  const ending = status === null ? `was ended by ${signal ?? "a signal"}` : `ended with exit code ${String(status)}`;
  throw new PlayError(
    `${written}: the program for the vault password ${ending}${stderr.trim() === "" ? "" : `: ${stderr.trim()}`}`,
  );
}
