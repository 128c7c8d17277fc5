import { expect } from "chai";
import { defineResource, group, pruneUsers, user } from "kubeplay";
import type { Task } from "#engine/tasks/task.ts";
import { twice as twiceOn } from "../lib/engine/resources/keep.ts";
import { host, on } from "./lab/host.ts";

describe("accounts on a Debian host", function () {
  this.timeout(600_000);
  const twice = async (task: Task) => twiceOn(await host(), task);
  const clear = () =>
    on("userdel -f ann 2>/dev/null; groupdel ann 2>/dev/null; groupdel crew 2>/dev/null; rm -rf /srv/ann; :");
  before(clear);
  afterEach(clear);
  const entry = () => on("getent passwd ann");

  it("have groups that are named by their numbers", async () => {
    await twice(group("g", { name: "crew", gid: 4700 }));
    await twice(user("u", { name: "ann", system: true, group: "4700", groups: ["0", "4", "adm"] }));
    expect(await on("id -gn ann; id -Gn ann")).to.equal("crew\ncrew root adm");
    expect(await twice(user("u", { name: "ann", system: true, group: "0", groups: ["004700"] }))).to.deep.equal([
      "group",
      "groups",
    ]);
    expect(await on("id -gn ann; id -Gn ann")).to.equal("root\nroot adm crew");
  });

  it("have homes without slashes at the end, new or not", async () => {
    await twice(user("u", { name: "ann", system: true, home: "/srv/ann/" }));
    expect(await twice(user("u", { name: "ann", system: true, home: "/srv//ann/x//" }))).to.deep.equal(["home"]);
    expect((await entry()).split(":")[5]).to.equal("/srv/ann/x");
    await on("sed -i 's#/srv/ann/x:#/srv/ann/x/:#' /etc/passwd");
    expect(await twice(user("u", { name: "ann", system: true, home: "/srv/ann/x" }))).to.deep.equal([]);
  });

  it("have comments with any characters that passwd(5) can hold", async () => {
    await twice(user("u", { name: "ann", system: true, comment: ' Änn, "it\'s" $(id) \\ ' }));
    expect((await entry()).split(":")[4]).to.equal(' Änn, "it\'s" $(id) \\ ');
    await on("perl -pi -e 's/^(ann:x:\\d+:\\d+):[^:]*/$1:\\xe9/' /etc/passwd");
    expect(await twice(user("u", { name: "ann", system: true, comment: "é" }))).to.deep.equal(["comment"]);
    expect(await twice(user("u", { name: "ann", system: true, comment: "" }))).to.deep.equal(["comment"]);
  });

  it("leave the host if no list names them, but for those of programs", async () => {
    const only = (keep: string[]) => pruneUsers("p", { group: "crew", keep });
    expect(await twice(only([])), "no group").to.deep.equal([]);
    await on("groupadd crew && useradd -g crew bob && useradd -M -G crew ann && useradd --system -G crew cron-of-crew");
    expect(await twice(only(["ann"]))).to.deep.equal(["bob"]);
    expect(await on("id -u bob 2>/dev/null || getent group crew | cut -d: -f 4")).to.equal("ann,cron-of-crew");
    const { does, props } = only([]);
    if (!("resource" in does)) throw new Error("acts");
    const idle = defineResource({ ...does.resource, apply: () => [] })("p", { ...props });
    const failure = await twice(idle).then(String, (error: unknown) => (error as Error).message);
    expect(failure).to.equal("did not converge: ann is present, expected absent");
    expect(await twice(only([]))).to.deep.equal(["ann"]);
    await on("userdel cron-of-crew; rm -rf /home/bob");
  });

  it("get a password by its hash, with which one can log in, and lose it", async () => {
    const hash = await on("openssl passwd -6 -salt abc 'a word'");
    const ann = (password: string) => user("u", { name: "ann", system: true, shell: "/bin/sh", password });
    expect(await twice(ann(hash))).to.deep.equal(["state"]);
    const login = `printf 'a word\\n' | setpriv --reuid daemon --clear-groups su ann -c 'id -un' 2>/dev/null || echo refused`;
    expect(await on(login)).to.equal("ann");
    expect(await twice(ann(`!${hash}`))).to.deep.equal(["password"]);
    expect(await on(login)).to.equal("refused");
  });

  it("are in no other groups if theirs are all of them", async () => {
    await twice(user("u", { name: "ann", system: true, groups: ["adm", "games"] }));
    const only = (groups: string[]) => user("u", { name: "ann", groups, exclusive: true, system: true });
    expect(await twice(only(["games", "tty"]))).to.deep.equal(["groups"]);
    expect(await on("id -Gn ann")).to.equal("ann tty games");
    expect(await twice(only([]))).to.deep.equal(["groups"]);
    expect(await on("id -Gn ann")).to.equal("ann");
  });

  it("are removed without the group of their name if it has other members", async () => {
    await twice(user("u", { name: "ann", system: true }));
    await on("gpasswd -a games ann >/dev/null");
    await twice(user("u", { name: "ann", state: "absent" }));
    expect(await on("getent group ann | cut -d : -f 4")).to.equal("games");
  });
});
