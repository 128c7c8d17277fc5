import { PlayError } from "../errors.ts";

/** An error about an encrypted text or a password. Its message contains no part of either. */
export class VaultError extends PlayError {
  override name = "VaultError";
  /** The line of the encrypted text, from 1: its header, or the first wrong line of its body. */
  readonly line: number;
  constructor(message: string, line = 1) {
    super(message);
    this.line = line;
  }
}
