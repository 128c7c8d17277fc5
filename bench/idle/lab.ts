import { execFileSync } from "node:child_process";
import { loadInventory } from "#engine/inventory/load.ts";
import { BenchError } from "../bench-error.ts";

/** The machine's process ids of the first process in each of the lab's running containers. */
export function labProcesses(file: string): number[] {
  const inventory = loadInventory({ file, root: process.cwd() });
  const hosts = inventory.hasGroup("lab") ? inventory.group("lab").map(({ name }) => name) : [];
  const network = inventory
    .assignments("localhost")
    .filter(({ name }) => name === "lab_network")
    .at(-1)?.value;
  const names = [...hosts, `${typeof network === "string" ? network : "kubeplay"}-registry`];
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  // env(1) runs the command with or without sudo.
  const pids = execFileSync("env", [...asRoot, "podman", "ps", "--format", "{{.Names}} {{.Pid}}"], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([name = ""]) => names.includes(name))
    .map(([, pid]) => Number(pid));
  if (pids.length < names.length)
    throw new BenchError(
      `of ${names.join(", ")} ${pids.length === 0 ? "none runs" : `only ${pids.length} run`}: npm run play -- -i ${file} site`,
    );
  return pids;
}
