import { expect } from "chai";
import { clear, folder } from "../lib/engine/runner/stage.ts";
import { on } from "./lab/host.ts";
import { projectIn, start } from "./lab/project.ts";

const playbook = "spec/engine/playbooks/accounts.ts";

describe("the number of an account that moves", function () {
  this.timeout(600_000);
  const outcomes = (output: string): readonly string[] =>
    [...output.matchAll(/^TASK \[accounts : (.*)\] \*+\n(\w+):/gm)].map(
      ([, task, outcome]) => `${task ?? ""}: ${outcome ?? ""}`,
    );

  after(clear);
  after(() => on("engine-1", "userdel -r ann; userdel -r ben; groupdel crew; rm -rf /srv/accounts"));

  it("changes whose its files are, in a check as in a run", async () => {
    await on(
      "engine-1",
      `groupadd --gid 4200 crew; groupadd --gid 4210 old; useradd --uid 4300 --create-home ann; useradd --uid 4500 --create-home ben
mkdir -p /srv/accounts/folder && cd /srv/accounts && printf x > crew && printf x > new && printf x > ann && printf x > ~ann/notes
chgrp crew crew && chgrp 4201 new && chown ann ann ~ann/notes && chgrp old folder && chmod 644 crew new ann ~ann/notes`,
    );
    const root = folder();
    projectIn(root, ["engine-1"]);
    const check = await start(root, playbook, ["--check"]).ended;
    expect(check.code, check.output).to.equal(0);
    const run = await start(root, playbook).ended;
    expect(run.code, run.output).to.equal(0);
    expect(outcomes(check.output)).to.deep.equal(outcomes(run.output));
    expect(outcomes(run.output)).to.include.members([
      "Have a file of the group: changed",
      "Have a file of its new number: ok",
      "Have a file of the user: changed",
      "Have a file in the home: ok",
    ]);
  });
});
