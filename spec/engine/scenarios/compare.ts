import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import pLimit from "p-limit";
import { command, defineRole, type Item, play, type Play, type Playbook, read } from "kubeplay";
import { connect } from "#engine/connection/connect.ts";
import type { Target, Writer } from "#engine/connection/types.ts";
import { UnreachableError } from "#engine/errors.ts";
import type { HostRecap, RunOptions } from "#engine/runner/index.ts";
import { clear, folder, played } from "../../lib/engine/runner/stage.ts";
import { ansible, ansibleBin } from "../ansible.ts";

export interface Scenario {
  readonly name: string;
  /** A playbook; `{{ note }} x` is a shell command that records "HOST x", `{{ root }}` a folder for files. */
  readonly ansible: string;
  /** The same in kubeplay, with files in this folder. */
  readonly kubeplay: (root: string) => Playbook;
  /** All of them are this machine, unless their variables differ; a and b by default. */
  readonly hosts?: readonly string[];
  /** Hosts of the list that do not answer. */
  readonly lost?: readonly string[];
  readonly options?: Partial<
    Pick<RunOptions, "tags" | "skipTags" | "check" | "forceHandlers" | "startAtTask" | "limit">
  >;
  /** Whether the order of all notes is fixed; else only the order within each host counts. */
  readonly ordered?: boolean;
  /** Kubeplay's intended difference and its reason, which docs/ansible.md documents. */
  readonly different?: { readonly why: string } & Partial<Difference>;
}

interface Difference {
  readonly recap: Readonly<Record<string, Partial<HostRecap>>>;
  readonly code: number;
  readonly notes: readonly string[];
}

interface Ended {
  readonly code: number;
  readonly recap: Readonly<Record<string, HostRecap>>;
  readonly notes: readonly string[];
  /** Shown if a comparison fails. */
  readonly output: string;
}

/** The values that a scenario's tasks can use. */
interface Setting {
  readonly host: string;
  readonly root: string;
  readonly note: (text: string) => ReturnType<typeof command>;
}

/** A play for all hosts with these tasks, in one role. */
export const one =
  (tasks: (setting: Setting) => readonly Item[], about: Partial<Play> = {}): Scenario["kubeplay"] =>
  (root) => [
    play({
      name: "Play",
      hosts: "all",
      roles: [
        defineRole({
          name: "app",
          description: "",
          vars: {},
          tasks: ({ host: { name } }) =>
            tasks({ host: name, root, note: (text) => command(`Note ${text}`, { run: noteOf(root, name, text) }) }),
        }),
      ],
      ...about,
    }),
  ];
/** Several plays, one after the other. */
export const plays =
  (...all: readonly Scenario["kubeplay"][]): Scenario["kubeplay"] =>
  (root) =>
    all.flatMap((each) => each(root));

export const noteOf = (root: string, host: string, text: string): string => `echo '${host} ${text}' >> '${root}/notes'`;
export const fail = (name = "Fail") => command(name, { run: "echo broken >&2; exit 3" });
export const fine = (name = "Look") => read(name, { run: "true" });

/** Gathering facts would count as a task. */
export const settings = { ANSIBLE_GATHERING: "explicit", ANSIBLE_PYTHON_INTERPRETER: "/usr/bin/python3" };

/** The number of concurrent runs of Ansible, for a small machine. */
const atOnce = pLimit(2);

/** Plays each scenario with both programs, and compares the recaps, the exit codes and the notes. */
export function compare(target: string, scenarios: readonly Scenario[]): void {
  describe(`${target}, compared with ansible-playbook`, () => {
    const theirs = new Map<Scenario, Promise<Ended>>();
    before(async () => {
      await ansibleBin();
      for (const scenario of scenarios)
        theirs.set(
          scenario,
          atOnce(() => withAnsible(scenario)),
        );
    });
    after(clear);

    for (const scenario of scenarios)
      it(scenario.different ? `${scenario.name} (difference: ${scenario.different.why})` : scenario.name, async () => {
        const expected = await theirs.get(scenario)!;
        const { output, ...ours } = await withKubeplay(scenario);
        const told = `ansible:\n${expected.output}\nkubeplay:\n${output}\n`;
        expect(comparable(scenario, ours), told).to.deep.equal(comparable(scenario, changed(scenario, expected)));
      });
  });
}

const none: HostRecap = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 };

/** The result expected of kubeplay. A `different` without a difference is outdated and fails the spec. */
function changed({ different }: Scenario, theirs: Ended): Omit<Ended, "output"> {
  const { code, notes } = theirs;
  if (!different) return { code, notes, recap: theirs.recap };
  const recap = Object.fromEntries(
    [...new Set([...Object.keys(theirs.recap), ...Object.keys(different.recap ?? {})])].map((host) => [
      host,
      { ...(theirs.recap[host] ?? none), ...different.recap?.[host] },
    ]),
  );
  const ours = { code: different.code ?? code, notes: different.notes ?? notes, recap };
  expect(ours, `${different.why}: there is no difference`).to.not.deep.equal({ code, notes, recap: theirs.recap });
  return ours;
}

/** Sorts notes by host, because Ansible runs the hosts of a task in no fixed order. */
const comparable = ({ ordered }: Scenario, { notes, ...rest }: Omit<Ended, "output">): object => ({
  ...rest,
  notes: ordered ? notes : notes.toSorted((a, b) => (hostOf(a) < hostOf(b) ? -1 : hostOf(a) > hostOf(b) ? 1 : 0)),
});

const hostOf = (note: string): string => note.split(" ")[0] ?? "";

const notesIn = (root: string): string[] => {
  const file = path.join(root, "notes");
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
};

async function withKubeplay({ kubeplay, hosts = ["a", "b"], lost = [], options = {} }: Scenario): Promise<Ended> {
  const root = folder();
  const reach = async (target: Target): Promise<Writer> => {
    if (lost.includes(target.name)) throw new UnreachableError(target.name, "nobody answers");
    return connect(target);
  };
  const { code, events, terminal } = await played({ root, playbook: kubeplay(root), hosts, options, connect: reach });
  const end = events.at(-1);
  if (end?.type !== "run ended") throw new Error("the run did not end");
  // Ansible's recap does not list hosts that did nothing.
  const recap = Object.fromEntries(
    Object.entries(end.recap).filter(([, counts]) => Object.values(counts).some((count) => count > 0)),
  );
  return { code, recap, notes: notesIn(root), output: terminal };
}

async function withAnsible(scenario: Scenario): Promise<Ended> {
  const root = folder();
  const { hosts = ["a", "b"], lost = [] } = scenario;
  const nobody = { ansible_connection: "ssh", ansible_host: "127.0.0.1", ansible_port: 1 };
  const variables = (host: string) => (lost.includes(host) ? nobody : { ansible_connection: "local" });
  const inventory = { all: { hosts: Object.fromEntries(hosts.map((host) => [host, variables(host)])) } };
  writeFileSync(path.join(root, "hosts.yaml"), JSON.stringify(inventory));
  writeFileSync(path.join(root, "site.yml"), scenario.ansible);
  const { tags = [], skipTags = [], check, forceHandlers, startAtTask, limit } = scenario.options ?? {};
  const note = `sh -c 'echo "$@" >> ${root}/notes' note {{ inventory_hostname }}`;
  const args = [
    ...["-i", "hosts.yaml", "-f", "3", "-e", JSON.stringify({ root, note })],
    ...(tags.length > 0 ? ["--tags", tags.join(",")] : []),
    ...(skipTags.length > 0 ? ["--skip-tags", skipTags.join(",")] : []),
    ...(check ? ["--check"] : []),
    ...(forceHandlers ? ["--force-handlers"] : []),
    ...(startAtTask === undefined ? [] : ["--start-at-task", startAtTask]),
    ...(limit === undefined ? [] : ["--limit", limit]),
    "site.yml",
  ];
  const { code, stdout, stderr } = await ansible("ansible-playbook", args, { cwd: root, env: settings });
  return { code, recap: recapIn(stdout), notes: notesIn(root), output: stdout + stderr };
}

const recapIn = (stdout: string): Record<string, HostRecap> =>
  Object.fromEntries(
    [...stdout.matchAll(/^(\S+) +: (ok=\d+ .*)$/gm)].map(([, host = "", counts = ""]) => [
      host,
      Object.fromEntries(
        [...counts.matchAll(/(\w+)=(\d+)/g)].map(([, word = "", count]) => [word, Number(count)]),
      ) as unknown as HostRecap,
    ]),
  );
