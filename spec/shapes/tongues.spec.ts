import { expect } from "chai";
import { connect } from "#engine/connection/connect.ts";
import { prepared } from "../engine/every-task.ts";
import { clear } from "../lib/engine/runner/stage.ts";
import { on, target } from "./lab/host.ts";
import { keepsEverything, projectOf } from "./project.ts";

/** Commands whose errors are in the language of the login. */
const complaints = "ls /none; apt-get install none";

describe("a host with another locale", () => {
  const host = target("shape-german");
  after(clear);

  before(async () => {
    await on(
      host.name,
      `${prepared}
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y locales >/dev/null 2>&1
localedef -i de_DE -f UTF-8 de_DE.UTF-8
printf 'LANG=de_DE.UTF-8\\nLANGUAGE=de\\nLC_ALL=de_DE.UTF-8\\n' > /etc/default/locale`,
    );
  });

  it("uses its locale for logins, but not for runs", async () => {
    const { name, user, privateKeyFile = "", ...way } = target(host.name);
    const login = await connect({ ...way, name, user, privateKeyFile, become: { user } });
    const inGerman = await login.run(`. /etc/default/locale; export LANG LANGUAGE LC_ALL; ${complaints}`);
    const inSession = await login.run(complaints);
    await login.close();
    for (const german of ["Zugriff auf '/none' nicht möglich", "Erlangen der Sperre"])
      expect(inGerman.stderr).to.include(german);
    expect(inSession.stderr).to.include("No such file or directory").and.not.include("nicht");
  });

  it("applies every resource", async () => {
    await keepsEverything(projectOf(host));
  });

  it("causes errors in English", async () => {
    await on(host.name, "useradd --create-home ada && echo 'ada:right horse' | chpasswd && adduser --quiet ada sudo");
    const ended = await projectOf(host, { ansible_user: "ada" }).play("spec/shapes/ping.ts");
    expect(ended.output).to.include("sudo requires a password: set ansible_become_password");
    const right = { ansible_user: "ada", ansible_become_password: "right horse" };
    const done = await projectOf(host, right).play("spec/shapes/ping.ts");
    expect(done.code, done.output).to.equal(0);
  });
});
