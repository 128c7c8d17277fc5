import { expect } from "chai";
import { stripVTControlCharacters } from "node:util";
import { Terminal, type TerminalOptions } from "#engine/report/index.ts";
import type { RunEvent, TaskResult } from "#engine/runner/index.ts";

const name = (task: string, handler = false) => ({ role: "app", task, handler });
const result = (host: string, task: string, change: Partial<TaskResult> = {}): TaskResult => ({
  type: "task",
  id: "",
  play: "P",
  host,
  ...name(task),
  kind: "file",
  label: "/etc/x",
  outcome: "ok",
  differences: [],
  seconds: 0,
  ...change,
});
const begin: readonly RunEvent[] = [
  { type: "play started", play: "Set up", hosts: ["n-2", "n-10"] },
  { type: "tasks", play: "P", tasks: [name("One"), name("Two")], hosts: { "n-2": [0, 1], "n-10": [0, 1] } },
];
const ended: RunEvent = { type: "play ended", play: "P", seconds: 1 };

function printed(events: readonly RunEvent[], options: Partial<TerminalOptions> = {}): string[] {
  const lines: string[] = [];
  const print = (line: string) => lines.push(stripVTControlCharacters(line));
  const terminal = new Terminal({ diff: false, verbosity: 0, width: 30, print, ...options });
  for (const event of events) terminal.take(event);
  return lines.join("\n").split("\n");
}

describe("the terminal report", () => {
  it("escapes control characters in messages of hosts", () => {
    const message = "exit code 1: \u001b[2J\u001b]0;title\u0007\r\u009b1A all\n\tis well";
    const lines: string[] = [];
    const terminal = new Terminal({ diff: false, verbosity: 0, width: 30, print: (line) => lines.push(line) });
    for (const event of [...begin, result("n-2", "One", { outcome: "failed", message })]) terminal.take(event);
    terminal.take(ended);
    const plain = stripVTControlCharacters(lines.join("\n"));
    expect(plain).to.include(String.raw`exit code 1: \x1b[2J\x1b]0;title\x07\x0d\x9b1A all` + "\n    \tis well");
  });

  it("fills a heading to the terminal's width, of which a Chinese character takes two columns", () => {
    const task = name("写入配置");
    const lines = printed([
      { type: "play started", play: "时间同步", hosts: ["n-1"] },
      { type: "tasks", play: "P", tasks: [task], hosts: { "n-1": [0] } },
      result("n-1", "写入配置"),
      ended,
    ]);
    expect(lines).to.include.members(["PLAY [时间同步] **************", "TASK [app : 写入配置] ********"]);
  });

  it("has Ansible's format", () => {
    const lines = printed([
      ...begin,
      result("n-10", "One"),
      result("n-2", "One", { outcome: "changed" }),
      result("n-2", "Two", { outcome: "skipped" }),
      result("n-10", "Two", { outcome: "failed", message: "exit code 1: no" }),
      ended,
      {
        type: "run ended",
        code: 2,
        seconds: 1.25,
        recap: { "n-2": { ok: 1, changed: 1, unreachable: 0, failed: 0, skipped: 1, rescued: 0, ignored: 0 } },
      },
    ]);
    expect(lines).to.deep.equal([
      "",
      "PLAY [Set up] ****************",
      "",
      "TASK [app : One] *************",
      "ok: [n-10]",
      "changed: [n-2] => /etc/x",
      "",
      "TASK [app : Two] *************",
      "skipping: [n-2]",
      "fatal: [n-10]: FAILED! => /etc/x: exit code 1: no",
      "",
      "PLAY RECAP *******************",
      "n-2 : ok=1   changed=1   unreachable=0   failed=0   skipped=1   rescued=0   ignored=0",
      "",
      "It took 1.3 s.",
    ]);
  });

  it("shows a task when all its hosts have finished it, although some run ahead", () => {
    const ahead = [...begin, result("n-2", "One"), result("n-2", "Two"), result("n-10", "One")];
    expect(printed(ahead).filter((line) => line.startsWith("TASK"))).to.have.length(1);
    expect(printed(ahead)).to.include("ok: [n-2] [n-10]");
  });

  it("does not wait for a failed host", () => {
    const lines = printed([
      ...begin,
      result("n-10", "One", { outcome: "failed" }),
      result("n-2", "One"),
      result("n-2", "Two"),
    ]);
    expect(lines.filter((line) => line.startsWith("TASK")).at(-1)).to.contain("TASK [app : Two]");
  });

  it("shows at the end of a play the tasks that only some hosts finished", () => {
    expect(printed([...begin, result("n-2", "One")])).not.to.include("ok: [n-2]");
    expect(printed([...begin, result("n-2", "One"), ended])).to.include("ok: [n-2]");
  });

  it("shows a task that has the same name as an earlier one", () => {
    const twice = [...begin, ...["n-2", "n-10", "n-2"].map((host) => result(host, "One"))];
    expect(printed(twice).filter((line) => line.startsWith("TASK [app : One]"))).to.have.length(2);
  });

  it("shows a failure at once, although another host is still at an earlier task", () => {
    const failed = [...begin, result("n-2", "One"), result("n-2", "Two", { outcome: "failed", message: "no" })];
    expect(printed(failed).slice(-2)).to.deep.equal([
      "TASK [app : Two] *************",
      "fatal: [n-2]: FAILED! => /etc/x: no",
    ]);
    const then = printed([...failed, result("n-10", "One"), result("n-10", "Two"), ended]);
    expect(then.filter((line) => line.startsWith("fatal"))).to.have.length(1);
    expect(then.slice(-5)).to.deep.equal([
      "TASK [app : One] *************",
      "ok: [n-2] [n-10]",
      "",
      "TASK [app : Two] *************",
      "ok: [n-10]",
    ]);
  });

  it("shows handlers that run between tasks before the tasks that follow them", () => {
    const note = (host: string) => result(host, "Note", { handler: true, outcome: "changed", label: "" });
    const host = (name: string) => [result(name, "One"), note(name), result(name, "Two")];
    const lines = printed([...begin, ...host("n-2"), ...host("n-10"), ended]);
    expect(lines.filter((line) => /^(TASK|RUNNING|changed)/.test(line))).to.deep.equal([
      "TASK [app : One] *************",
      "RUNNING HANDLER [app : Note] ***",
      "changed: [n-2]",
      "changed: [n-10]",
      "TASK [app : Two] *************",
    ]);
  });

  it("shows handlers after the tasks, grouped by handler", () => {
    const note = (host: string) => result(host, "Note", { handler: true, outcome: "changed", label: "" });
    const lines = printed([...begin, ...["n-10", "n-2"].flatMap((host) => [result(host, "One"), note(host)]), ended]);
    expect(lines.slice(lines.indexOf("RUNNING HANDLER [app : Note] ***"))).to.deep.equal([
      "RUNNING HANDLER [app : Note] ***",
      "changed: [n-2]",
      "changed: [n-10]",
    ]);
  });

  it("shows differences as a diff with --diff, in one line each with -v, and not at all without", () => {
    const differences = [
      { what: "mode", before: "0600", after: "0644" },
      { what: "content", before: "a\nb\n", after: "a\nc\n" },
    ];
    const events = [...begin, result("n-2", "One", { outcome: "changed", differences }), ended];
    const full = printed(events, { diff: true }).join("\n");
    expect(full).to.include("mode: 0600 → 0644").and.include(" a\n-b\n+c");
    expect(printed(events, { verbosity: 1 })).to.include("  mode: 0600 → 0644");
    expect(printed(events).join("\n")).not.to.include("0600");
  });

  it("shows check mode, unreachable hosts, tasks that take long, and notices", () => {
    const lines = printed([
      { type: "run started", id: "1", playbook: "site", check: true },
      { type: "unreachable", play: "P", host: "n-2", message: "no route" },
      { type: "progress", play: "P", host: "n-2", role: "app", task: "One", line: "half of it", seconds: 20.2 },
      { type: "notice", message: "The CA ends soon." },
    ]);
    expect(lines).to.deep.equal([
      "CHECK MODE: nothing is changed anywhere",
      "fatal: [n-2]: UNREACHABLE! => no route",
      "  … n-2: One: half of it (20 s)",
      "The CA ends soon.",
    ]);
  });
});
