import { execFileSync } from "node:child_process";
import path from "node:path";
import type { Location, Problem } from "../errors.ts";
import type { Assignment } from "../schema/types.ts";
import type { InventoryBuilder } from "./builder.ts";

/** Milliseconds for a program to list its hosts. */
const patience = 60_000;
/** Bytes of its output. */
const largest = 64 * 1024 * 1024;

type Map = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Map => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Reads the JSON that an inventory program prints with `--list`: groups with `hosts`, `children` and `vars`, and the
 * variables of hosts in `_meta.hostvars`. Without `_meta`, it is called with `--host NAME` for each.
 */
export function readScript(file: string, shown: string, builder: InventoryBuilder, problems: Problem[]): void {
  const where = { file: shown };
  const wrong = (message: string): void => void problems.push({ message, where });
  const call = (...args: readonly string[]): Map | undefined => {
    const called = `the inventory program with ${args[0] ?? ""}`;
    try {
      const options = { cwd: path.dirname(file), encoding: "utf8", timeout: patience, maxBuffer: largest } as const;
      const value = JSON.parse(execFileSync(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] })) as unknown;
      if (isMap(value)) return value;
      wrong(`${called} printed no map, expected groups as JSON`);
    } catch (error) {
      wrong(`${called} ${reasonOf(error)}`);
    }
    return undefined;
  };
  const listed = call("--list");
  if (!listed) return;
  const { _meta: meta, ...groups } = listed;
  for (const [name, group] of Object.entries(groups)) readGroup(name, group, { shown, where, builder, wrong });
  const known = isMap(meta) && isMap(meta.hostvars) ? meta.hostvars : undefined;
  for (const [name, host] of builder.hosts) {
    const found = known ? known[name] : host.where.file === shown ? call("--host", name) : undefined;
    if (isMap(found)) host.vars.push(...variables(found, `${shown}, host ${name}`, where));
    else if (found !== undefined) wrong(`the variables of ${name} are no map`);
  }
}

interface Reading {
  readonly shown: string;
  readonly where: Location;
  readonly builder: InventoryBuilder;
  readonly wrong: (message: string) => void;
}

/** A group is a map, or the list of its hosts. */
function readGroup(name: string, given: unknown, { shown, where, builder, wrong }: Reading): void {
  const group = builder.group(name, where);
  if (!group) return;
  const {
    hosts = [],
    children = [],
    vars = {},
  } = Array.isArray(given) ? { hosts: given as unknown } : isMap(given) ? given : {};
  if (!Array.isArray(hosts) || !Array.isArray(children) || !isMap(vars)) {
    wrong(`group ${name} must have lists of hosts and children, and a map of vars`);
    return;
  }
  for (const host of hosts) builder.addHosts(name, String(host), where, () => [], shown);
  for (const child of children) builder.child(name, String(child), where);
  group.vars.push(...variables(vars, `${shown}, group ${name}`, where));
}

const variables = (map: Map, from: string, where: Location): Assignment[] =>
  Object.entries(map).map(([name, value]) => ({ name, value, from, where }));

/** What it printed to its standard output may be secret. */
function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return "printed no JSON";
  const { code, status, stderr } = error as { code?: string; status?: number | null; stderr?: string };
  if (code === "ETIMEDOUT") return `did not end within ${String(patience / 1000)} s`;
  if (typeof status === "number")
    return `failed with exit code ${String(status)}: ${(stderr ?? "").trim().split("\n").slice(-3).join("\n")}`;
  return `cannot be run: ${String(error instanceof Error ? error.message : error)}`;
}
