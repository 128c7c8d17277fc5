import { expect } from "chai";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { bare, on, Project, site } from "./plan/project.ts";

describe("drift", () => {
  let project: Project;

  beforeEach(async () => {
    project = new Project();
    await bare();
  });
  afterEach(() => project.remove());

  const played = async (...args: readonly string[]): Promise<void> => {
    const { code, output } = await project.play(...args, site);
    expect(code, output).to.equal(0);
  };

  it("is none after a run, except for tasks that always run", async () => {
    await played();
    const { code, output } = await project.play("drift");
    expect(code, output).to.equal(0);
    expect(output).to.include("No drift on 3 hosts").and.not.include("Take a while");
  });

  it("is reported by host, role, task and difference, with the old and the new value", async () => {
    await played("-e", "greeting_text=Before");
    await on("plan-2", "chmod 640 /srv/greeting/text; echo other > /srv/greeting/copied; echo x > /srv/greeting/token");
    rmSync(project.at("key.pem.pub"));
    const { code, output } = await project.play("drift");
    expect(code, output).to.equal(2);
    expect(output).to.include("localhost: secrets : Make a key");
    expect(output).to.include(
      "plan-2: greeting : Write the greeting (file /srv/greeting/text)\n    mode: 0640 → 0644\n",
    );
    expect(output).to.match(/plan-2: greeting : Copy what the controller has .*\n {4}content: \w{64} → \w{64}\n/);
    expect(output)
      .to.include("plan-2: greeting : Keep the token (file /srv/greeting/token)\n")
      .and.not.include("the-plan-token")
      .and.not.match(/[-+]x$/m);
    expect(output).not.to.include("plan-1:").and.not.include("Write a note");
    expect(await on("plan-2", "cat /srv/greeting/copied"), "nothing is changed").to.equal("other");
  });

  it("is not reported for hosts outside the limit or the last run", async () => {
    await played("--limit", "lab");
    await on("plan-1", "rm /srv/greeting/text");
    await on("plan-2", "rm /srv/greeting/text");
    const one = await project.play("drift", "--limit", "plan-2:localhost");
    expect(one.code, one.output).to.equal(2);
    expect(one.output).to.include("plan-2:").and.not.include("plan-1:");
    expect(one.output).to.include("on 1 host.").and.not.include("Make a key");
  });

  it("is unknown for a host that failed in the last run", async () => {
    await played();
    await on("plan-1", "rm -rf /srv/greeting && touch /srv/greeting");
    expect((await project.play(site)).code).to.equal(2);
    await on("plan-2", "rm /srv/greeting/text");
    const { code, output } = await project.play("drift", site);
    expect(code, output).to.equal(2);
    expect(output).to.include("plan-1: unknown: it failed in the last run");
    expect(output).to.include("plan-2: greeting : Write the greeting");
  });

  it("is reported together with a changed desired state", async () => {
    await played();
    project.vars({ greeting_text: "Wished since" });
    const { code, output } = await project.play("drift");
    expect(code, output).to.equal(2);
    expect(output).to.match(/sources have changed since that run.*group_vars\/all\.json has changed/);
  });

  it("is an error if there was no run", async () => {
    const { code, output } = await project.play("drift");
    expect(code, output).to.equal(1);
    expect(output).to.include("there is nothing to compare the hosts with");
  });

  it("is found against the last run, not against a check", async () => {
    await played();
    await project.play("--check", "--tags", "nothing", site);
    const runs = path.join(".kubeplay", "runs");
    const newest = readdirSync(runs).sort().at(-1) ?? "";
    expect(readFileSync(path.join(runs, newest, "summary.json"), "utf8")).to.include(`"check": true`);
    const { code, output } = await project.play("drift");
    expect(code, output).to.equal(0);
    expect(output).to.include("No drift on 3 hosts");
  });
});
