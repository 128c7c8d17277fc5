import { expect } from "chai";
import { readFileSync } from "node:fs";
import { command, defineRole, play, playbook, type Play } from "kubeplay";
import { RetryFile } from "#engine/report/index.ts";
import { clear, folder, played } from "./stage.ts";

describe("a run that failures stop", () => {
  after(clear);
  const hosts = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

  /** The role fails on these hosts. */
  async function stopped(failing: readonly string[], limits: Partial<Play>, more: readonly Play[] = []) {
    const root = folder();
    const role = defineRole({
      name: "app",
      description: "Fails on some hosts.",
      folder: root,
      vars: {},
      tasks: ({ host }) => [command("Do it", { run: failing.includes(host.name) ? "exit 1" : "true" })],
    });
    const all = playbook([play({ name: "App", hosts: "all", roles: [role], ...limits }), ...more]);
    const { events } = await played({ root, playbook: all, hosts });
    const retry = new RetryFile(`${root}/app.retry`);
    for (const event of events) retry.take(event);
    return {
      notices: events.flatMap((event) => (event.type === "notice" ? [event.message] : [])),
      retry: retry.written ? readFileSync(retry.file, "utf8").trim().split("\n").sort().join() : "",
    };
  }

  it("by a percentage says so, with the hosts that are not begun, and they are in the retry file", async () => {
    const { notices, retry } = await stopped(["c"], { serial: [1, "30%"], maxFailPercentage: 30 });
    expect(notices).to.deep.equal([
      "Stopped: 1 of 3 hosts failed (33 %), more than maxFailPercentage allows (30 %). Not done on e, f, g, h, i, j.",
    ]);
    expect(retry).to.equal("c,e,f,g,h,i,j");
  });

  it("because any error is fatal says so", async () => {
    const { notices, retry } = await stopped(["a"], { serial: 2, anyErrorsFatal: true });
    expect(notices.join()).to.match(
      /^Stopped: 1 of 2 hosts failed, and the play has anyErrorsFatal\. Not done on .*c, d/,
    );
    expect(retry).to.contain("a,").and.contain("c,d,e,f,g,h,i,j");
  });

  it("because a whole batch failed says so", async () => {
    const { notices, retry } = await stopped(["a", "b"], { serial: 2 });
    expect(notices).to.deep.equal(["Stopped: all of 2 hosts failed. Not done on c, d, e, f, g, h, i, j."]);
    expect(retry).to.equal(hosts.join());
  });

  it("on its only hosts says nothing more than that they failed", async () => {
    const { notices, retry } = await stopped(hosts, {});
    expect(notices).to.deep.equal([]);
    expect(retry).to.equal(hosts.join());
  });

  it("is not one whose failures are below the limit", async () => {
    const { notices, retry } = await stopped(["c"], { maxFailPercentage: 30 });
    expect(notices).to.deep.equal([]);
    expect(retry).to.equal("c");
  });
});
