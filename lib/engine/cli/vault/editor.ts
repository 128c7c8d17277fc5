import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import path from "node:path";
import { PlayError } from "../../errors.ts";
import { splitWords } from "../../inventory/words.ts";

/**
 * Opens a text in the user's editor, as a private file in a temporary folder. The folder is removed with everything
 * that the editor leaves in it, even if the editor fails or a signal ends this program.
 */
export async function editInPrivate(name: string, before: Buffer): Promise<Buffer> {
  const folder = mkdtempSync(path.join(tmpdir(), "kubeplay-vault-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.on("exit", remove);
  try {
    const file = path.join(folder, path.basename(name));
    writeFileSync(file, before, { mode: 0o600, flag: "wx" });
    await runEditor(file);
    return readFileSync(file);
  } finally {
    remove();
    process.off("exit", remove);
  }
}

const fatal = ["SIGTERM", "SIGHUP"] as const;

function runEditor(file: string): Promise<void> {
  const { EDITOR: set = "" } = process.env;
  const [program = "vi", ...words] = splitWords(set);
  return new Promise((resolve, reject) => {
    const editor = spawn(program, [...words, file], { stdio: "inherit" });
    const pass = (signal: NodeJS.Signals): void => {
      editor.kill(signal);
      process.exit(128 + constants.signals[signal]);
    };
    // The terminal sends Ctrl-C to both processes; the editor handles it.
    const leaveIt = (): void => undefined;
    const settle = (done: () => void): void => {
      for (const signal of fatal) process.off(signal, pass);
      process.off("SIGINT", leaveIt);
      done();
    };
    for (const signal of fatal) process.on(signal, pass);
    process.on("SIGINT", leaveIt);
    editor.on("error", (error) =>
      settle(() => reject(new PlayError(`the editor ${program} cannot be started: ${error.message}; set EDITOR`))),
    );
    editor.on("close", (code, signal) =>
      settle(() =>
        code === 0
          ? resolve()
          : reject(
              new PlayError(`the editor ended with ${signal ?? `exit code ${String(code)}`}; nothing was changed`),
            ),
      ),
    );
  });
}
