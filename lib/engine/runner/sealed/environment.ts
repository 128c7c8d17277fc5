import type { Seal } from "./seal.ts";
import type { Sources } from "./sources.ts";

/** Names an environment variable among the sources. */
const prefix = "environment variable ";
const use = "environment variable";

/** Digests of the environment variables that the project's modules have read by now. A value can be a secret: `seal` has the key. */
export const readEnvironment = (seal: () => Seal, environment: NodeJS.ProcessEnv = process.env): Sources =>
  digests(readByNow(), seal, environment);

/** None if the sources run uncompiled. */
const readByNow = (): string[] => ("kubeplayReadVariables" in globalThis ? globalThis.kubeplayReadVariables() : []);

/** The same variables now. */
export const sameEnvironment = (
  then: Sources,
  seal: () => Seal,
  environment: NodeJS.ProcessEnv = process.env,
): Sources =>
  digests(
    Object.keys(then).map((name) => name.slice(prefix.length)),
    seal,
    environment,
  );

const digests = (names: readonly string[], seal: () => Seal, environment: NodeJS.ProcessEnv): Sources =>
  Object.fromEntries(
    names.map((name) => [`${prefix}${name}`, seal().digest(use, [name, environment[name] ?? null])] as const),
  );
