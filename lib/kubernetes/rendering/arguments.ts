import { PlayError } from "#engine/errors.ts";
import { objectName, type Manifest } from "../api/manifest.ts";

/** Flags of a workload's container. Flags that are not named stay as upstream has them. */
export interface Arguments {
  readonly container: string;
  /** New values for flags that upstream sets: { "--kubelet-endpoints": "false" }. */
  readonly replaced?: Readonly<Record<string, string>>;
  /** Flags that upstream does not set. */
  readonly added?: Readonly<Record<string, string>>;
}

interface Container {
  readonly name: string;
  readonly args?: readonly string[];
}
interface Workload {
  readonly template?: { readonly spec?: { readonly containers?: readonly Container[] } };
}

const flagOf = (argument: string): string => argument.split("=")[0] ?? "";
const written = (flags: Readonly<Record<string, string>>): string[] =>
  Object.entries(flags).map(([flag, value]) => `${flag}=${value}`);

/** Returns the merge patch that sets these flags. Throws PlayError if upstream's flags are not as expected. */
export function withArguments(
  object: Manifest,
  { container, replaced = {}, added = {} }: Arguments,
  of: string,
): object {
  const fail = (why: string): PlayError => new PlayError(`${of}: ${objectName(object)} ${why}: has upstream changed?`);
  const containers = (object.spec as Workload | undefined)?.template?.spec?.containers ?? [];
  const args = containers.find(({ name }) => name === container)?.args;
  if (!args) throw fail(`has no container ${container} with arguments`);
  const flags = args.map(flagOf);
  for (const flag of Object.keys(replaced))
    if (flags.filter((one) => one === flag).length !== 1)
      throw fail(`does not start ${container} with exactly one ${flag}`);
  for (const flag of Object.keys(added))
    if (flags.includes(flag)) throw fail(`already starts ${container} with ${flag}`);
  const kept = args.map((argument) => {
    const value = replaced[flagOf(argument)];
    return value === undefined ? argument : `${flagOf(argument)}=${value}`;
  });
  const changed = { args: [...kept, ...written(added)] };
  return {
    spec: {
      template: {
        spec: { containers: containers.map((one) => (one.name === container ? { ...one, ...changed } : one)) },
      },
    },
  };
}
