import { loadInventory } from "#engine/inventory/load.ts";
import { BenchError } from "../bench-error.ts";
import { everywhere } from "../ssh.ts";
import { workload } from "../workload/things.ts";
import { readAll } from "./read.ts";

// The lower limit for any tool: one connection and one batched read per host. Prints its seconds as JSON.
const [file, tasks] = process.argv.slice(2);
if (file === undefined || tasks === undefined) throw new BenchError("expected an inventory and a number of tasks");
const inventory = loadInventory({ file, root: process.cwd() });
const targets = inventory.hosts.map(({ name }) => inventory.target(name));
const started = performance.now();
await everywhere(targets, readAll(workload(Number(tasks))));
console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000 }));
