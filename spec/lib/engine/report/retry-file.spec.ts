import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { RetryFile } from "#engine/report/index.ts";
import { Mask, type HostRecap, type RunEvent } from "#engine/runner/index.ts";
import { temporaryFolder } from "../temporary.ts";

const recap = (failed: number): HostRecap => ({
  ...{ ok: 0, changed: 0, unreachable: 0, failed, skipped: 0, rescued: 0, ignored: 0 },
});

describe("a retry file", () => {
  const file = path.join(temporaryFolder(), ".kubeplay", "site.retry");
  const ended = (hosts: Record<string, HostRecap>): void => {
    const mask = new Mask();
    mask.add("admin");
    const event: RunEvent = { type: "run ended", recap: hosts, code: 2, seconds: 1 };
    new RetryFile(file).take(mask.cover(event), event);
  };

  it("names the failed hosts as the inventory does, also if a secret is a part of their names", () => {
    ended({ "admin-1": recap(1), "node-1": recap(0), admin: recap(2) });
    expect(readFileSync(file, "utf8")).to.equal("admin-1\nadmin\n");
  });

  it("is removed by a run without failures", () => {
    ended({ "admin-1": recap(0) });
    expect(existsSync(file)).to.equal(false);
  });
});
