import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { lastSummary, play, type } from "../cluster/lab.ts";
import { stepsOf, table } from "./steps.ts";

/** Runs the first command of a new user and shows its output. Resolves to the exit code. */
function playAsTyped(env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn("npm", ["run", "play", "site"], { stdio: ["ignore", "inherit", "inherit"], env });
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? -1));
  });
}

/** Go's module cache is read-only. */
async function remove(folder: string): Promise<void> {
  await type("chmod", "-R", "u+w", folder);
  rmSync(folder, { recursive: true, force: true });
}

describe("the first hour: site on a machine with empty caches", () => {
  const folder = mkdtempSync(path.join(process.env.FIRST_HOUR_FOLDER ?? tmpdir(), "kubeplay-first-hour-"));
  const env = {
    ...process.env,
    XDG_CACHE_HOME: path.join(folder, "cache"),
    GOCACHE: path.join(folder, "go-build"),
    GOMODCACHE: path.join(folder, "go-modules"),
  };
  before("remove the previous lab", async () => {
    mkdirSync(env.XDG_CACHE_HOME);
    chmodSync(folder, 0o700);
    const { code, output } = await play("-e", "lab_state=absent", "lab");
    expect(code, output).to.equal(0);
    rmSync(".kubeplay/lab", { recursive: true, force: true });
  });
  after(() => remove(folder));

  it("makes the whole cluster at the first attempt", async () => {
    const code = await playAsTyped(env);
    const newest = readdirSync(".kubeplay/runs").sort().at(-1) ?? "";
    const steps = stepsOf(path.join(".kubeplay/runs", newest, "events.jsonl"));
    console.log(`\n${table(steps)}\n`);
    expect(code).to.equal(0);
    expect(steps.nodesReady, "all nodes were Ready").to.be.a("number");
  });

  it("changes nothing when it runs again", async () => {
    expect(await playAsTyped(env)).to.equal(0);
    expect(lastSummary().changes).to.deep.equal([]);
  });
});
