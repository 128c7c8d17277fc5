import { expect } from "chai";
import { directory, file, line, type Task } from "kubeplay";
import { connect } from "#engine/connection/connect.ts";
import type { Writer } from "#engine/connection/types.ts";
import { keep, twice } from "../lib/engine/resources/keep.ts";
import { host, on, target } from "./lab/host.ts";

const failure = async (writer: Writer, task: Task): Promise<string> => {
  const ended: unknown = await keep(writer, task).catch((error: unknown) => error);
  return ended instanceof Error ? ended.message : "it did not fail";
};

describe("a file that is a mount point", function () {
  this.timeout(600_000);
  const dest = "/srv/mounted";
  before(() => on(`printf 'a=1\\n' > /srv/below; touch ${dest}; mount --bind /srv/below ${dest}`));
  after(() => on(`umount ${dest}; rm -f ${dest} /srv/below`));

  it("is not replaced, and the error says how to write into it", async () => {
    const message = await failure(await host(), line("l", { path: dest, line: "b=2" }));
    expect(message).to.include("Device or resource busy: if it is a mount point, write into it with inPlace: true");
    expect(await on(`cat ${dest}`)).to.equal("a=1");
  });

  it("is written into with inPlace", async () => {
    await twice(await host(), line("l", { path: dest, line: "b=2", inPlace: true }));
    expect(await on("cat /srv/below")).to.equal("a=1\nb=2");
    await twice(await host(), file("f", { dest, content: "c\n", mode: 0o640, group: "adm", inPlace: true }));
    expect(await on("cat /srv/below; stat -c '%a %G' /srv/below")).to.equal("c\n640 adm");
    await twice(await host(), file("f", { dest: "/srv/new", content: "c\n", inPlace: true }));
    expect(await on("ls -A /srv | grep -c kubeplay || :; rm /srv/new")).to.equal("0");
  });

  it("is not written into in a folder of others", async () => {
    await on("install -d -o nobody /srv/theirs; echo old > /srv/theirs/file");
    const task = file("f", { dest: "/srv/theirs/file", content: "new\n", inPlace: true });
    expect(await failure(await host(), task)).to.include("other users may write to its folder");
    expect(await on("cat /srv/theirs/file; rm -r /srv/theirs")).to.equal("old");
  });
});

describe("a user who may not see everything", function () {
  this.timeout(600_000);
  let kim: Writer;
  before(async () => {
    await on(
      "useradd --create-home kim; umask 077; mkdir /root/hidden; echo secret > /root/hidden/file; echo x > /srv/unreadable",
    );
    kim = await connect({ ...target, become: { user: "kim" } });
  });
  after(async () => {
    await kim.close();
    await on("userdel -r kim; rm -rf /root/hidden /srv/unreadable");
  });

  it("gets an error, and never takes what is hidden for absent", async () => {
    for (const task of [
      file("f", { dest: "/root/hidden/file", state: "absent" }),
      file("f", { dest: "/root/hidden/file", content: "" }),
      file("f", { dest: "/root/hidden/none", state: "absent" }),
      directory("d", { path: "/root/hidden", state: "absent" }),
      line("l", { path: "/root/hidden/file", line: "x", state: "absent" }),
    ])
      expect(await failure(kim, task)).to.match(/cannot be seen \(Permission denied\): do the task as a user who may/);
    expect(await failure(kim, file("f", { dest: "/srv/unreadable", content: "x\n" }))).to.include("cannot be read");
    await twice(kim, file("f", { dest: "/srv/none", state: "absent" }));
    await twice(kim, file("f", { dest: "/home/kim/own", content: "x\n", mode: 0o600, owner: "kim", group: "kim" }));
  });
});
