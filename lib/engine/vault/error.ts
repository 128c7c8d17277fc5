import { PlayError } from "../errors.ts";

/** What is wrong with an encrypted text or a password: never with a piece of either. */
export class VaultError extends PlayError {
  override name = "VaultError";
  /** The line of the encrypted text, from 1: its header, or the first line of the body that is wrong. */
  readonly line: number;
  constructor(message: string, line = 1) {
    super(message);
    this.line = line;
  }
}
