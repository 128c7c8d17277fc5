import { readFileSync } from "node:fs";
import path from "node:path";
import { TaskError } from "../errors.ts";
import { quote } from "../shell/quote.ts";
import { packedAs } from "./pack.ts";
import { untyped } from "./untyped.ts";

/** What a module returned, without its `invocation`. */
export interface AnsibleResult {
  readonly changed: boolean;
  readonly [name: string]: unknown;
}

/** One call of a packed module. */
export interface AnsibleCall {
  /** The module, with its collection. */
  readonly name: string;
  /** The digest of the packed module. */
  readonly digest: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string>>;
  /** The host's Python: a path, or a name in the PATH. */
  readonly python: string;
  /** The host's log does not get the arguments. */
  readonly secret: boolean;
  readonly check: boolean;
}

/** What a call printed, or that the host has no such Python. */
export type Printed =
  { readonly code: number; readonly stdout: string; readonly stderr: string } | { readonly missing: true };

/** In a line of its own, which JSON never is. */
const end = "kubeplay-calls-end";
const program = quote(readFileSync(path.join(import.meta.dirname, "run.py"), "utf8"));

/** A shell command that makes these calls, one after the other. It prints a line of JSON for each. */
export function callScript(calls: readonly AnsibleCall[]): string {
  const pythons = [...new Set(calls.map(({ python }) => python))];
  return pythons
    .map((python) => {
      const own = calls.filter((call) => call.python === python);
      return `if command -v ${quote(python)} >/dev/null; then ${quote(python)} -c ${program} <<'${end}'
${request(own)}
${end}
else cat <<'${end}'
${own.map(() => '{"missing":true}').join("\n")}
${end}
fi`;
    })
    .join("\n");
}

/** What each call printed, in the order of `calls`. */
export function printedBy(stdout: string, calls: readonly AnsibleCall[]): Printed[] {
  const lines = stdout.split("\n").filter((line) => line !== "");
  if (lines.length !== calls.length)
    throw new TaskError(`${String(lines.length)} results of ${String(calls.length)} calls of Ansible modules arrived`);
  const pythons = [...new Set(calls.map(({ python }) => python))];
  const order = pythons.flatMap((python) => calls.filter((call) => call.python === python));
  const printed = new Map(order.map((call, index) => [call, JSON.parse(lines[index] ?? "") as Printed]));
  return calls.map((call) => printed.get(call) ?? { missing: true });
}

function request(calls: readonly AnsibleCall[]): string {
  const modules = new Map(calls.map(({ digest }) => [digest, packedAs(digest)]));
  return JSON.stringify({
    modules: Object.fromEntries(
      [...modules].map(([digest, { parts, holes, zip }]) => [digest, { parts, holes, zip, digest }]),
    ),
    calls: calls.map(({ name, digest, args, environment, secret, check }) => {
      const { internals } = packedAs(digest);
      const told = { module_name: name, check_mode: check, diff: true, no_log: secret };
      const own = Object.fromEntries(Object.entries(told).map(([key, value]) => [`_ansible_${key}`, value]));
      return { digest, environment, arguments: { ...args, ...internals, ...own } };
    }),
  });
}

/**
 * What a module returned. Throws TaskError if it returned nothing that can be read, or the host has no Python. A result
 * that says `failed` is a result.
 */
export function resultOf(printed: Printed, { name, python }: Pick<AnsibleCall, "name" | "python">): AnsibleResult {
  if ("missing" in printed)
    throw new TaskError(
      `${name} needs Python, and the host has no ${python}: add a packages task for python3 before this task`,
    );
  const returned = json(printed.stdout);
  if (returned) {
    const shown = Object.entries(returned).filter(([key]) => key !== "invocation");
    return { ...(untyped(Object.fromEntries(shown)) as object), changed: returned.changed === true };
  }
  const said = [printed.stderr, printed.stdout].map((text) => text.trim().split("\n").slice(-5).join("\n"));
  const last = said.find((text) => text !== "") ?? "it printed nothing";
  throw new TaskError(`${name} returned no result (exit code ${String(printed.code)}): ${last}`, { printed: last });
}

/** A module may print other lines around its result. */
function json(stdout: string): Readonly<Record<string, unknown>> | undefined {
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  for (const text of [stdout, ...lines.reverse(), stdout.slice(stdout.indexOf("{"), stdout.lastIndexOf("}") + 1)])
    try {
      const parsed: unknown = JSON.parse(text);
      if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed))
        return parsed as Readonly<Record<string, unknown>>;
    } catch {
      continue;
    }
  return undefined;
}

/** Why a result is a failure; undefined if it is none. */
export const failureOf = ({ failed, msg, exception }: AnsibleResult): string | undefined => {
  if (failed !== true) return undefined;
  const [said] = [msg, exception].filter((text): text is string => typeof text === "string" && text !== "");
  return said ?? "it says nothing of why it failed";
};
