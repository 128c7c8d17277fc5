import { expect } from "chai";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { bare, on, Project, site, start } from "./plan/project.ts";

const text = "cat /srv/greeting/text";

/** The output of `ls` for a host's folder; empty if nothing was made. */
const made = (host: string): Promise<string> => on(host, "ls /srv/greeting 2>/dev/null || true");

describe("a plan", () => {
  let project: Project;

  beforeEach(async () => {
    project = new Project();
    await bare();
  });
  afterEach(() => project.remove());

  const plan = async (...args: readonly string[]): Promise<void> => {
    const { code, output } = await project.play("--plan", project.plan, ...args, site);
    expect(code, output).to.equal(0);
  };
  const apply = () => start("--apply", project.plan).ended;

  it("lists the changes in a file for its owner only, and shows no secret", async () => {
    await plan();
    expect(await made("plan-1")).to.equal("");
    expect(statSync(project.plan).mode & 0o777).to.equal(0o600);
    const written = readFileSync(project.plan, "utf8");
    expect(written).not.to.include("the-plan-token");
    const { hosts } = (JSON.parse(written) as { plan: { hosts: Record<string, { changes: { task: string }[] }> } })
      .plan;
    const tasks = (host: string) => hosts[host]?.changes.map(({ task }) => task);
    expect(tasks("localhost")).to.deep.equal(["Make a key"]);
    expect(tasks("plan-2")).to.deep.equal([
      "Make a folder",
      "Write the greeting",
      "Keep the token",
      "Copy what the controller has",
      "Take a while",
      "Write a note",
    ]);
  });

  it("is played with the options it was made with", async () => {
    await plan("--limit", "plan-1", "-e", "greeting_text=Planned");
    const { code, output } = await apply();
    expect(code, output).to.equal(0);
    expect(await on("plan-1", text)).to.equal("Planned\nfrom plan-1");
    expect(await on("plan-1", "cat /srv/greeting/notes")).to.equal("noted");
    expect(await made("plan-2")).to.equal("");
    expect(existsSync(project.at("key.pem")), "localhost was not within the limit").to.equal(false);
  });

  it("does not change a host that has drifted, reports the drift, and continues with the others", async () => {
    await plan();
    await on("plan-1", "mkdir -m 700 /srv/greeting");
    const { code, output } = await apply();
    expect(code, output).to.equal(2);
    expect(output)
      .to.match(/\[plan-1\]: FAILED!.*path \/srv\/greeting[,.]/)
      .and.not.include("[plan-2]: FAILED!");
    expect(await made("plan-1")).to.equal("");
    expect(await on("plan-2", text)).to.equal("Hello\nfrom plan-2");
  });

  it("does not change hosts if a file of the controller has changed", async () => {
    await plan("--limit", "lab");
    project.write("source", "something else\n");
    const { code, output } = await apply();
    expect(code, output).to.equal(2);
    expect(output).to.include(`controller file ${project.at("source")}`);
    expect(await made("plan-2")).to.equal("");
  });

  it("refuses a change that it does not list, even if no known state has drifted", async () => {
    await on("plan-1", "mkdir /srv/flag && mkdir /srv/greeting");
    try {
      await plan("--limit", "lab", "-e", "greeting_flag=/srv/flag");
      await on("plan-1", "rmdir /srv/flag");
      const { code, output } = await apply();
      expect(code, output).to.equal(2);
      expect(output).to.match(/TASK \[greeting : Have the flag\][^]*\[plan-1\]: FAILED!.*not in the plan/);
      expect(await made("plan-1")).to.equal("copied\ntext\ntoken");
    } finally {
      await on("plan-1", "rm -rf /srv/flag");
    }
  });

  it("is refused if variables, inventory or roles have changed, and names them", async () => {
    await plan();
    project.vars({ greeting_text: "Other" });
    project.write("group_vars/lab.yaml", "greeting_hold: false\n");
    const { code, output } = await apply();
    expect(code, output).to.equal(1);
    expect(output).to.include("group_vars/all.json has changed").and.include("group_vars/lab.yaml is new");
    expect(await made("plan-1")).to.equal("");
  });

  it("is refused if it was edited", async () => {
    await plan();
    writeFileSync(project.plan, readFileSync(project.plan, "utf8").replace("Take a while", "Take a long while"));
    const { code, output } = await apply();
    expect(code, output).to.equal(1);
    expect(output).to.include("is not as it was sealed");
  });

  it("does not contain a secret of the command line, which must be given again", async () => {
    const secret = ["-e", "greeting_token=a-secret-of-mine"];
    await plan("--limit", "plan-1", ...secret);
    expect(readFileSync(project.plan, "utf8")).not.to.include("a-secret-of-mine");
    const without = await apply();
    expect(without.code, without.output).to.equal(5);
    expect(without.output).to.include("give the same -e again");
    const { code, output } = await start("--apply", project.plan, ...secret).ended;
    expect(code, output).to.equal(0);
    expect(await on("plan-1", "cat /srv/greeting/token")).to.equal("a-secret-of-mine");
  });
});
