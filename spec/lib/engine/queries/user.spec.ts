import { execFileSync } from "node:child_process";
import { userInfo } from "node:os";
import { expect } from "chai";
import { user } from "#engine/queries/user.ts";
import { ask } from "./ask.ts";
import { parse, parseAll } from "./parse.ts";

describe("the query user", () => {
  it("returns uid, primary group, home and shell, and undefined for an unknown name", async () => {
    const me = userInfo();
    const [found, none] = await ask([user(me.username), user("no-such-user")]);
    expect(found).to.deep.include({ uid: me.uid, home: me.homedir, shell: me.shell });
    expect(found?.group).to.equal(execFileSync("id", ["-gn"], { encoding: "utf8" }).trim());
    expect(none).to.equal(undefined);
  });

  it("returns the other groups, sorted", () => {
    const answer = "kube:x:990:990:The kubelet:/var/lib/kube:/bin/false\nz:x:5:kube\nkube:x:990:\na:x:6:root,kube\n";
    expect(parse(user("kube"), answer)).to.deep.equal({
      uid: 990,
      group: "kube",
      groups: ["a", "z"],
      home: "/var/lib/kube",
      shell: "/bin/false",
      comment: "The kubelet",
    });
  });

  it("finds a user by another case of the name, as directories of users allow", () => {
    const answer = "\nkim:x:1100:1100::/home/kim:/bin/sh\nkim:x:1100:\nwheel:x:5:kim\n";
    const states = parseAll([user("no-such-user"), user("Kim")], answer);
    expect(states[0]).to.equal(undefined);
    expect(states[1]).to.include({ uid: 1100, group: "kim" }).and.to.have.deep.property("groups", ["wheel"]);
  });

  it("tells who exists among several", async () => {
    const states = await ask([user("no-such-user"), user("root"), user("neither"), user("daemon")]);
    expect(states.map((state) => state?.uid)).to.deep.equal([undefined, 0, undefined, 1]);
  });

  it("answers if none of the users exists", async () => {
    expect(await ask([user("no-such-user")])).to.deep.equal([undefined]);
  });
});
