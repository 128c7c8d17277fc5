import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "#engine/connection/connect.ts";
import type { Writer } from "#engine/connection/types.ts";
import { loadInventory } from "#engine/inventory/load.ts";

const lab = "spec/engine/plan-lab.yaml";
const kept = process.env.SPEC_LAB === "keep";

export interface Played {
  readonly code: number;
  /** Both streams, in order. */
  readonly output: string;
  readonly seconds: number;
}

export interface Playing {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<Played>;
}

/** Starts the program with the arguments that a user types after `npm run play --`. */
export function start(...args: readonly string[]): Playing {
  const started = Date.now();
  const child = spawn(process.execPath, ["lib/engine/cli/kubeplay.mjs", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1" },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<Played>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, output, seconds: (Date.now() - started) / 1000 }));
  });
  return { child, output: () => output, ended };
}

/** A separate project: an inventory of the lab's hosts with its own variables, and the file that its tasks copy. */
export class Project {
  readonly folder = mkdtempSync(path.join(tmpdir(), "plan-"));
  readonly inventory = this.at("hosts.yaml");
  readonly plan = this.at("site.plan");

  constructor() {
    writeFileSync(this.inventory, readFileSync(lab));
    this.write("source", "from the controller\n");
    this.vars({});
  }

  /** The variables of all its hosts. */
  vars(vars: Readonly<Record<string, unknown>>): void {
    mkdirSync(this.at("group_vars"), { recursive: true });
    const own = { greeting_source: this.at("source"), secrets_key: this.at("key.pem"), ...vars };
    this.write("group_vars/all.json", JSON.stringify(own));
  }

  write(name: string, text: string): void {
    writeFileSync(this.at(name), text);
  }

  at(name: string): string {
    return path.join(this.folder, name);
  }

  start(...args: readonly string[]): Playing {
    return start("-i", this.inventory, ...args);
  }

  play(...args: readonly string[]): Promise<Played> {
    return this.start(...args).ended;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const site = "spec/engine/plan/site.ts";

const connections = new Map<string, Promise<Writer>>();

/** The output of a command on a host, without its last newline. */
export async function on(host: string, command: string): Promise<string> {
  const known = connections.get(host) ?? connect(loadInventory({ file: lab, root: process.cwd() }).target(host));
  connections.set(host, known);
  const { stdout, stderr, code } = await (await known).run(command);
  if (code !== 0) throw new Error(`${command}: exit code ${String(code)}: ${stderr}`);
  return stdout.trimEnd();
}

/** Restores the hosts to their state before any spec. */
export const bare = (): Promise<unknown> =>
  Promise.all(["plan-1", "plan-2"].map((host) => on(host, "rm -rf /srv/greeting")));

async function make(...args: readonly string[]): Promise<void> {
  const { code, output } = await start("-i", lab, ...args, "lab").ended;
  if (code !== 0) throw new Error(output);
}

before("make the hosts", async function () {
  this.timeout(600_000);
  if (!kept) await make("-e", "lab_state=absent");
  await make();
});

after("remove the hosts", async function () {
  this.timeout(600_000);
  for (const connection of connections.values()) await (await connection).close();
  if (!kept) await make("-e", "lab_state=absent");
});
