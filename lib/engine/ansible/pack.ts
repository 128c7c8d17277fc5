import { spawnSync } from "node:child_process";
import path from "node:path";
import { locationOf } from "../error-location.ts";
import { InputError } from "../errors.ts";
import { nativeFor } from "./natives.ts";
import { ansiblePython } from "./python.ts";

/** A module as Ansible would send it: a program with two holes, for its zip file in base64 and for its arguments. */
export interface PackedModule {
  /** With its collection: "ansible.builtin.file". */
  readonly name: string;
  readonly parts: readonly string[];
  readonly holes: readonly ("zip" | "arguments")[];
  readonly zip: string;
  /** Of the module, what it imports, and the version of ansible-core; lower-case hex. */
  readonly digest: string;
  /** What Ansible tells each module besides its arguments, such as its own version. */
  readonly internals: Readonly<Record<string, unknown>>;
}

interface Refusal {
  readonly problem: "missing" | "action" | "style" | "unknown form" | "failed";
  readonly message: string;
}

interface Answer {
  readonly version: string;
  readonly internals: Readonly<Record<string, unknown>>;
  readonly modules: Readonly<Record<string, Omit<PackedModule, "internals"> | Refusal>>;
}

/** Seconds for ansible-core to start and pack. */
const limit = 120;

/** With the first place that announced each. */
const announced = new Map<string, Error>();
const packed = new Map<string, PackedModule | InputError>();
const byDigest = new Map<string, PackedModule>();

/** Announces a module that will be needed: the first that is needed is packed with all that were announced. */
export function announce(module: string): void {
  if (!announced.has(module)) announced.set(module, new Error());
}

/** A module, packed once a run. Throws InputError for one that cannot be carried, and if there is no ansible-core. */
export function packedModule(name: string): PackedModule {
  if (!packed.has(name)) {
    announce(name);
    for (const [one, module] of pack([...announced.keys()].filter((one) => !packed.has(one)))) packed.set(one, module);
  }
  const module = packed.get(name);
  if (module instanceof InputError) throw module;
  if (!module) throw new Error(`${name} was not packed`);
  return module;
}

/** A module that this run has packed. */
export function packedAs(digest: string): PackedModule {
  const module = byDigest.get(digest);
  if (!module) throw new Error(`no module was packed as ${digest}`);
  return module;
}

function pack(names: readonly string[]): Map<string, PackedModule | InputError> {
  const { version, internals, modules } = askAnsible(names);
  return new Map(
    names.map((name): [string, PackedModule | InputError] => {
      const answer = modules[name];
      if (!answer || "problem" in answer) return [name, refusal(name, version, answer)];
      const module = { ...answer, internals };
      byDigest.set(module.digest, module);
      return [name, module];
    }),
  );
}

function askAnsible(names: readonly string[]): Answer {
  const python = ansiblePython();
  const { stdout, stderr, status, error } = spawnSync(python, [path.join(import.meta.dirname, "pack.py")], {
    input: JSON.stringify({ modules: names, collections: [path.resolve("collections")] }),
    encoding: "utf8",
    timeout: limit * 1000,
    maxBuffer: 1 << 30,
    env: { ...process.env, ANSIBLE_NOCOLOR: "1", ANSIBLE_DEVEL_WARNING: "0" },
  });
  if (!error && status === 0) return JSON.parse(stdout) as Answer;
  const why = error?.message ?? stderr.trim().split("\n").slice(-3).join("\n");
  const message = `${python} cannot pack Ansible's modules, expected a Python with ansible-core 2.16 or newer: ${why}`;
  throw new InputError([{ message }]);
}

function refusal(name: string, version: string, answer: Refusal | undefined): InputError {
  const native = nativeFor(name);
  const message = `${reason(name, version, answer)}${native === undefined ? "" : `: use ${native} instead`}`;
  const place = announced.get(name);
  const where = place && locationOf(place);
  return new InputError([{ message, ...(where && { where }) }]);
}

function reason(name: string, version: string, answer: Refusal | undefined): string {
  const { problem, message = "there is no answer" } = answer ?? {};
  if (problem === "missing")
    return (
      `ansible-core ${version} finds no module ${name}${message && ` (${message})`}: write its whole name, and install ` +
      "its collection"
    );
  if (problem === "action")
    return `${name} works on the controller (it is an action plugin), so it cannot be carried to a host`;
  return problem === "style" ? `${name} cannot be carried, because ${message}` : `${name} cannot be packed: ${message}`;
}
