import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { allProcesses, below, parseStat, type Process } from "#bench/idle/processes.ts";
import { usage } from "#bench/idle/usage.ts";

const process_ = (pid: number, parent: number, program: string, own: number, ended = 0): Process => ({
  pid,
  parent,
  program,
  own,
  ended,
});

describe("the bench's reading of processes", () => {
  it("parses lines of proc(5), with any program name", () => {
    const line = "42 (a (b) c) S 7 42 42 0 -1 4194560 1 2 3 4 100 20 3 1 20 0 1 0 12 0 0\n";
    expect(parseStat(line)).to.deep.equal(process_(42, 7, "a (b) c", 120, 4));
    expect(parseStat("")).to.equal(undefined);
    expect(parseStat(readFileSync("/proc/self/stat", "utf8"))).to.include({ pid: process.pid, parent: process.ppid });
  });

  it("finds processes and all their descendants", () => {
    const all = [process_(1, 0, "init", 0), process_(2, 1, "a", 0), process_(3, 2, "b", 0), process_(4, 1, "c", 0)];
    expect(below(all, [2]).map(({ pid }) => pid)).to.deep.equal([2, 3]);
    expect(below(all, [9])).to.deep.equal([]);
    expect(below(allProcesses(), [process.pid]).map(({ pid }) => pid)).to.include(process.pid);
  });
});

describe("the time that programs use between two measurements", () => {
  it("is summed up by program, largest first, and includes all time of a new process", () => {
    const before = [process_(1, 0, "init", 5), process_(2, 1, "etcd", 100), process_(3, 1, "etcd", 50)];
    const after = [process_(1, 0, "init", 6), process_(2, 1, "etcd", 110), process_(3, 1, "etcd", 55)];
    expect(usage(before, [...after, process_(4, 1, "new", 7)])).to.deep.equal([
      { program: "etcd", processes: 2, ticks: 15 },
      { program: "new", processes: 1, ticks: 7 },
      { program: "init", processes: 1, ticks: 1 },
    ]);
  });

  it("includes processes that started and ended in between, and counts no earlier time twice", () => {
    const before = [process_(1, 0, "shim", 5, 30), process_(2, 1, "runc", 40)];
    // The known process has ended with 45 ticks, another one with 8.
    const after = [process_(1, 0, "shim", 5, 30 + 45 + 8)];
    expect(usage(before, after)).to.deep.equal([
      { program: "… of shim", processes: 0, ticks: 13 },
      { program: "shim", processes: 1, ticks: 0 },
    ]);
  });

  it("includes ended children of real processes", () => {
    const before = below(allProcesses(), [process.pid]);
    spawnSync("sh", ["-c", "i=0; while [ $i -lt 400000 ]; do i=$((i + 1)); done"]);
    const found = usage(before, below(allProcesses(), [process.pid]));
    expect(found.find(({ program }) => program.startsWith("… of "))?.ticks).to.be.above(1);
  });
});
