import { stripVTControlCharacters } from "node:util";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Playbook, Role } from "kubeplay";
import { connect } from "#engine/connection/connect.ts";
import type { Target, Writer } from "#engine/connection/types.ts";
import { inventoryVariables } from "#engine/inventory/connection-variables.ts";
import { loadInventory } from "#engine/inventory/load.ts";
import type { LoadedInventory } from "#engine/inventory/types.ts";
import { RunFiles, Terminal } from "#engine/report/index.ts";
import {
  playHosts,
  Journal,
  Mask,
  run,
  Variables,
  type Answer,
  type RunEvent,
  type RunInput,
  type RunOptions,
  type TaskResult,
} from "#engine/runner/index.ts";

const made: string[] = [];

/** A folder for a project and all that its hosts get; gone after the specs that call `clear`. */
export function folder(): string {
  const root = mkdtempSync(path.join(tmpdir(), "stage-"));
  made.push(root);
  return root;
}

export function clear(): void {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
}

export interface Scene {
  readonly root: string;
  readonly playbook: Playbook;
  /** One host a name, all of them this machine; "a" alone by default. */
  readonly hosts?: readonly string[];
  /** Other hosts than this machine, in place of `hosts` and `vars`. */
  readonly inventory?: LoadedInventory;
  /** Variables of all hosts. */
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly options?: Partial<RunOptions>;
  readonly connect?: (target: Target) => Promise<Writer>;
  readonly onEvent?: (event: RunEvent) => void;
  readonly stopping?: () => boolean;
  readonly ask?: (task: string) => Promise<Answer>;
  /** Who watches over the run. */
  readonly watching?: Pick<RunInput, "locks" | "refuses" | "beforeChange" | "beforeAddition" | "answered">;
}

export interface Played {
  readonly code: number;
  readonly events: readonly RunEvent[];
  readonly tasks: readonly TaskResult[];
  /** "host: task" of all that changed, in the order in which it did. */
  readonly changes: readonly string[];
  /** Without colours. */
  readonly terminal: string;
  /** Where events.jsonl and summary.json are. */
  readonly files: string;
  readonly pending: (host: string) => readonly string[];
}

let runs = 0;

/** Plays as the command line does, on this machine. */
export async function played(scene: Scene): Promise<Played> {
  const { root, playbook, hosts = ["a"], vars = {} } = scene;
  const inventory = scene.inventory ?? inventoryOf(root, hosts, vars);
  const options = { tags: [], skipTags: [], check: false, diff: false, forks: 10, ...scene.options };
  const mask = new Mask();
  const id = String(++runs);
  const files = new RunFiles(path.join(root, "runs", id));
  const lines: string[] = [];
  const terminal = new Terminal({
    diff: options.diff,
    verbosity: options.verbose ?? 0,
    width: 60,
    print: (line) => lines.push(line),
  });
  const events: RunEvent[] = [];
  const journal = new Journal(path.join(root, "journal"), options.check);
  const code = await run({
    id,
    playbookName: "spec",
    playbook,
    inventory,
    variables: variablesOf(playbook, inventory, options, mask),
    options,
    connect: scene.connect ?? connect,
    journal,
    emit: (event) => {
      const covered = mask.cover(event);
      events.push(covered);
      files.take(covered);
      terminal.take(covered);
      scene.onEvent?.(covered);
    },
    ...(scene.stopping && { stopping: scene.stopping }),
    ...(scene.ask && { ask: scene.ask }),
    ...scene.watching,
  });
  const tasks = events.filter((event) => event.type === "task");
  return {
    code,
    events,
    tasks,
    changes: tasks.filter(({ outcome }) => outcome === "changed").map(({ host, task }) => `${host}: ${task}`),
    terminal: stripVTControlCharacters(lines.join("\n")),
    files: files.folder,
    pending: (host) => [...journal.pending(host)].map((key) => key.replace("\0", " : ")),
  };
}

/** `lost` are hosts that nobody answers for. */
export function inventoryOf(
  root: string,
  hosts: readonly string[],
  vars: Readonly<Record<string, unknown>> = {},
  lost: readonly string[] = [],
) {
  const nobody = { ansible_connection: "ssh", ansible_port: 1 };
  const file = path.join(root, "hosts.yaml");
  const all = {
    vars: { ansible_connection: "local", ...vars },
    hosts: Object.fromEntries(
      hosts.map((host) => [host, { ansible_host: "127.0.0.1", ...(lost.includes(host) && nobody) }]),
    ),
  };
  mkdirSync(root, { recursive: true });
  writeFileSync(file, JSON.stringify({ all }));
  return loadInventory({ file, root, extraVars: [], defaults: {} });
}

export function variablesOf(
  playbook: Playbook,
  inventory: LoadedInventory,
  options: Pick<RunOptions, "limit">,
  mask: Mask,
): Variables {
  const roles = [...new Set(playbook.flatMap((play) => play.roles))];
  const byHost = new Map<string, Role[]>();
  for (const play of playbook)
    for (const { name } of playHosts(play, inventory, options.limit))
      byHost.set(name, [...(byHost.get(name) ?? []), ...play.roles]);
  const known = [inventoryVariables, ...roles];
  return new Variables(
    inventory,
    known,
    [...byHost].map(([host, own]) => ({ host, roles: own })),
    mask,
  );
}

/**
 * Connects to this machine, where `systemctl` is a shell function: units are files NAME.active and NAME.enabled in a
 * folder, and `log` tells what was done to them.
 */
export const withSystemd =
  (folderOfUnits: string) =>
  async (target: Target): Promise<Writer> => {
    const own = path.join(folderOfUnits, target.name);
    mkdirSync(own, { recursive: true });
    const writer = await connect(target);
    const systemctl = `units='${own}'
systemctl() {
  verb=$1; shift
  for unit in "$@"; do
    case "$verb $unit" in
      *' -'*) ;;
      show*)
        active=inactive; [ ! -e "$units/$unit.active" ] || active=active
        enabled=disabled; [ ! -e "$units/$unit.enabled" ] || enabled=enabled
        printf 'Id=%s\\nLoadState=loaded\\nActiveState=%s\\nSubState=\\n' "$unit" "$active"
        printf 'UnitFileState=%s\\nNeedDaemonReload=no\\n\\n' "$enabled" ;;
      start*|restart*) : > "$units/$unit.active"; echo "$verb $unit" >> "$units/log" ;;
      stop*) rm -f "$units/$unit.active"; echo "$verb $unit" >> "$units/log" ;;
      enable*) : > "$units/$unit.enabled" ;;
    esac
  done
}
`;
    return {
      host: writer.host,
      read: (script, options) => writer.read(systemctl + script, options),
      run: (script, options) => writer.run(systemctl + script, options),
      upload: (upload) => writer.upload(upload),
      close: () => writer.close(),
    };
  };
