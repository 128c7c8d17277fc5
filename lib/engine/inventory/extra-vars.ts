import path from "node:path";
import type { Problem } from "../errors.ts";
import type { Assignment } from "../schema/types.ts";
import type { Vault } from "../vault/index.ts";
import { assignmentsIn } from "./parse.ts";
import { splitWords } from "./words.ts";
import { parseYaml, readYaml } from "./yaml-source.ts";

/** The layer's name: the value of `from` for a variable that was set on the command line. */
export const extraVarsLayer = "--extra-vars";

/** Parses -e: `k=v k2='v w'`, a map as JSON or YAML, or `@file.yaml`. It is the strongest layer; later values win. */
export const parseExtraVars = (given: readonly string[], problems: Problem[], vault: Vault): Assignment[] =>
  given.flatMap((text) => {
    const trimmed = text.trim();
    if (trimmed.startsWith("@")) return fromFile(trimmed.slice(1), problems, vault);
    return /^[{[]/.test(trimmed) ? fromYaml(trimmed, problems, vault) : fromPairs(trimmed, problems);
  });

function fromFile(file: string, problems: Problem[], vault: Vault): Assignment[] {
  const source = readYaml(path.resolve(file), file, problems, vault);
  return source ? assignmentsIn(source, [], source.value, extraVarsLayer, problems) : [];
}

function fromYaml(text: string, problems: Problem[], vault: Vault): Assignment[] {
  const source = parseYaml(extraVarsLayer, text, problems, vault);
  return source ? assignmentsIn(source, [], source.value, extraVarsLayer, problems) : [];
}

function fromPairs(text: string, problems: Problem[]): Assignment[] {
  const where = { file: extraVarsLayer };
  const wrong = (message: string): [] => {
    problems.push({ message, where });
    return [];
  };
  const hint = "expected name=value, a map such as {name: value}, or @file.yaml";
  try {
    return splitWords(text).flatMap((word) => {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
      // A word without a name may be the second half of a secret: it is not shown.
      if (name === undefined || value === undefined) return wrong(`a word is not name=value; ${hint}`);
      return [{ name, value, from: extraVarsLayer, where, untyped: true }];
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return wrong(`${error.message}; ${hint}`);
  }
}
