import { homedir } from "node:os";
import path from "node:path";
import type { Problem } from "../../errors.ts";
import { SshConfig } from "./evaluate.ts";

/** The configurations of ssh that the hosts of an inventory use: the user's and the system's, or files that hosts name. */
export class SshConfigs {
  readonly #root: string;
  readonly #problems: Problem[];
  readonly #known = new Map<string | undefined, SshConfig>();

  constructor(root: string, problems: Problem[]) {
    this.#root = root;
    this.#problems = problems;
  }

  /** `file` is what follows ssh's `-F`, relative to the project; undefined for the usual files. */
  in(file: string | undefined): SshConfig {
    const place =
      file === undefined || file === "none" ? file : path.resolve(this.#root, file.replace(/^~(?=\/|$)/, homedir()));
    const known = this.#known.get(place) ?? new SshConfig(this.#problems, place);
    this.#known.set(place, known);
    return known;
  }

  get notices(): readonly string[] {
    return [...new Set([...this.#known.values()].flatMap(({ notices }) => notices))];
  }
}
