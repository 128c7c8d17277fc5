import { withPath } from "./expression.ts";
import { ByHand } from "./jinja.ts";

/** The results that tasks of a role register. */
export class Registered {
  /** The constants whose outputs the present expression reads. */
  readonly read = new Set<string>();
  readonly #constants = new Map<string, string>();
  /** Those whose outputs have Ansible's own names. */
  readonly #modules = new Set<string>();

  add(name: string, constant: string, isModule: boolean): void {
    this.#constants.set(name, constant);
    if (isModule) this.#modules.add(constant);
  }

  /** The constant of a registered name. */
  constantOf(name: string): string | undefined {
    return this.#constants.get(name);
  }

  /** What a part of a result is called in kubeplay. Throws ByHand for one that it does not have. */
  output(constant: string, [first = "", ...rest]: readonly string[]): string {
    if (this.#modules.has(constant)) {
      this.read.add(constant);
      return withPath(
        `(${constant}Result as Record<string, any>)`,
        [first, ...rest].filter((part) => part !== ""),
      );
    }
    const known = { rc: ".code", stdout: ".stdout", stderr: ".stderr", stdout_lines: '.stdout.split("\\n")' }[first];
    if (known === undefined || rest.length > 0) throw new ByHand(`${first === "" ? "whether" : first} of an output`);
    this.read.add(constant);
    return `${constant}Result${known}`;
  }
}
