import { expect } from "chai";
import { user } from "kubeplay";
import { asked, subject } from "../one-resource.ts";

const kube = { uid: 990, group: "kube", groups: ["tty"], home: "/var/lib/kube", shell: "/bin/false", comment: "" };
const absent = { type: "absent" };

describe("the resource user", () => {
  const system = subject(user("Make it", { name: "etcd", system: true, home: "/var/lib/etcd", groups: ["tty"] }));

  it("is made without a home and a shell, and with a group of its own, as a system user", () => {
    const now = { now: undefined, group: undefined };
    expect(asked(system)).to.deep.equal(["user etcd", "group etcd"]);
    expect(system.steps(now)).to.deep.equal([
      "useradd --system --user-group --no-create-home --groups 'tty' --home-dir '/var/lib/etcd' --shell '/usr/sbin/nologin' -- 'etcd'",
    ]);
    expect(system.forecast(now)).to.deep.equal({
      now: { group: "etcd", groups: ["tty"], home: "/var/lib/etcd", shell: "/usr/sbin/nologin", comment: "" },
      group: { members: [] },
    });
    expect(system.diff(system.forecast(now))).to.deep.equal([]);
  });

  it("joins an existing group of its name", () => {
    const [step] = system.steps({ now: undefined, group: { gid: 5, members: [] } });
    expect(step).to.contain("--no-user-group --gid 'etcd'").and.not.to.contain(" --user-group");
  });

  it("gets a home with a known mode, which is forecast, unless it is a system user", () => {
    const person = subject(user("Make her", { name: "ada", uid: 1100 }));
    const now = { now: undefined, group: undefined, home: absent };
    expect(asked(person)).to.deep.equal(["user ada", "group ada", "path /home/ada"]);
    expect(person.steps(now)).to.deep.equal([
      "useradd --user-group --create-home --key HOME_MODE=0700 --uid '1100' --home-dir '/home/ada' --shell '/bin/bash' -- 'ada'",
    ]);
    expect(person.forecast(now)).to.deep.include({
      home: { type: "directory", mode: 0o700, owner: "ada", group: "ada" },
    });
    expect(person.forecast(now).now).to.include({ uid: 1100, shell: "/bin/bash" });
  });

  it("is only corrected if it exists; properties that are left out and further groups are not changed", () => {
    const same = subject(user("x", { name: "kube", groups: ["tty"] }));
    const now = { now: kube, group: { members: [] }, home: absent };
    expect(same.diff(now)).to.deep.equal([]);
    const other = subject(user("x", { name: "kube", shell: "/bin/sh", groups: ["adm", "kube"] }));
    expect(other.diff(now)).to.deep.equal([
      { what: "shell", before: "/bin/false", after: "/bin/sh" },
      { what: "groups", before: "tty", after: "adm,tty" },
    ]);
    expect(other.steps(now)).to.deep.equal(["usermod --shell '/bin/sh' --append --groups 'adm' -- 'kube'"]);
    expect(other.diff(other.forecast(now))).to.deep.equal([]);
  });

  it("joins its former primary group if groups names it and the primary group changes", () => {
    const moved = subject(user("x", { name: "kube", group: "adm", groups: ["kube", "adm"] }));
    const now = { now: kube, group: { members: [] }, home: absent };
    expect(moved.steps(now)).to.deep.equal(["usermod --gid 'adm' --append --groups 'kube' -- 'kube'"]);
    expect(moved.diff(moved.forecast(now))).to.deep.equal([]);
  });

  it("is removed, with the group of its name", () => {
    const gone = subject(user("x", { name: "kube", state: "absent" }));
    const now = { now: kube, group: { gid: 990, members: [] } };
    expect(gone.steps(now)).to.deep.equal(["userdel -- 'kube'"]);
    expect(gone.forecast(now)).to.deep.equal({ now: undefined, group: undefined });
    expect(gone.diff(gone.forecast(now))).to.deep.equal([]);
  });
});
