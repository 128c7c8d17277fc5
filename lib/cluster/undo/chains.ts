import { readFileSync } from "node:fs";
import path from "node:path";
import { command, quote, type Task } from "kubeplay";
import { recordedFile } from "./record.ts";

const script = readFileSync(path.join(import.meta.dirname, "files/chains.sh"), "utf8");

/**
 * Removes chains of iptables by the beginnings of their names, such as "KUBE-", with all rules that lead to them. The
 * program that writes them must not run any more.
 */
export function noChains(name: string, prefixes: readonly string[]): Task {
  const alternatives = prefixes.join("|");
  return command(name, {
    run: `prefixes=${quote(alternatives)} before=${recordedFile("tables")}\n${script}`,
    unless: `! { iptables-save; ip6tables-save; } 2>/dev/null | grep -qE ${quote(`^:(${alternatives})`)}`,
  });
}
