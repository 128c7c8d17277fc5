import { expect } from "chai";
import path from "node:path";
import { temporaryFolder } from "../lib/engine/temporary.ts";
import { exampleIn } from "./example.ts";
import { on } from "./lab/host.ts";
import { playTwin, withTwin } from "./twin.ts";

const hosts = Array.from({ length: 10 }, (_, index) => `example-${String(index + 1).padStart(2, "0")}`);
const version = (text: string) => ({ app_version: text, app_port: 8085, app_patience: 10 });

describe("the example of a rolling restart", function () {
  this.timeout(600_000);
  const root = temporaryFolder();
  let example: ReturnType<typeof exampleIn>;
  const play = (given: object, ...args: readonly string[]) => example.play("-e", JSON.stringify(given), ...args);
  /** The hosts by the versions that answer on them. */
  async function versions(): Promise<Readonly<Record<string, number>>> {
    const all = await Promise.all(hosts.map((host) => on(host, "curl -s 127.0.0.1:8085/health || echo none")));
    return Object.fromEntries([...new Set(all)].sort().map((one) => [one, all.filter((it) => it === one).length]));
  }

  before(() => {
    example = exampleIn(path.join(root, "app"), "rolling-restart", { group: "app", hosts, vars: {} });
  });

  it("is foretold, done, and done again on ten hosts", async () => {
    const check = play(version("1.0"), "--check");
    expect(check.code, check.output).to.equal(0);
    const run = play(version("1.0"));
    expect(run.code, run.output).to.equal(0);
    expect(run.changes).to.deep.equal(check.changes).and.have.length.greaterThan(39);
    expect(play(version("1.0")).changes).to.deep.equal([]);
    expect(await versions()).to.deep.equal({ "1.0": 10 });
  });

  it("stops after the first host if its new version is not healthy", async () => {
    const run = play(version("2.0-broken"));
    expect(run.code, run.output).to.equal(2);
    expect(run.output).to.contain("failed (100 %), more than maxFailPercentage allows (20 %)");
    expect(await versions()).to.deep.equal({ "1.0": 9, "2.0-broken": 1 });
  });

  it("changes one host, and then a third at a time", async () => {
    const check = play(version("2.1"), "--check");
    const run = play(version("2.1"));
    expect(run.code, run.output).to.equal(0);
    expect(run.changes).to.deep.equal(check.changes).and.have.lengthOf(20);
    expect(await versions()).to.deep.equal({ "2.1": 10 });
  });

  describe("beside its twin of Ansible", () => {
    // A few are enough for a comparison: each task of each host takes a second.
    const few = hosts.slice(0, 4);
    withTwin(...few);

    it("leaves the same hosts, and stops as early", async () => {
      const played = (text: string) =>
        playTwin(path.join(root, "app"), { group: "app", hosts: few, vars: version(text) });
      const broken = await played("3.0-broken");
      expect(broken.code, broken.output).to.equal(2);
      expect(await versions()).to.deep.equal({ "2.1": 9, "3.0-broken": 1 });
      const run = await played("3.1");
      expect(run.code, run.output).to.equal(0);
      expect(Object.values((await played("3.1")).changed)).to.deep.equal(few.map(() => 0));
      expect(await versions()).to.deep.equal({ "2.1": 6, "3.1": 4 });
    });
  });
});
