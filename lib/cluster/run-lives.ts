import { readFileSync } from "node:fs";
import path from "node:path";

/**
 * Shell functions for a step that waits on a host. The engine lets a step go on whose run was killed, as it may be halfway
 * through a change; `run_lives`, called between two looks, ends a wait, which has nothing to finish.
 */
export const runLives = readFileSync(path.join(import.meta.dirname, "files/run-lives.sh"), "utf8").trimEnd();
