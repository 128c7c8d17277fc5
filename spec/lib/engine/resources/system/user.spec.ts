import { expect } from "chai";
import { createHash } from "node:crypto";
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
      "umask 022 && kubeplay_make '/home' && kubeplay_alone '/home/ada' && cd / && " +
        "useradd --user-group --create-home --key HOME_MODE=0700 --uid '1100' --home-dir '/home/ada' --shell '/bin/bash' -- 'ada'",
    ]);
    expect(person.forecast(now)).to.deep.include({
      home: { type: "directory", mode: 0o700, owner: "ada", group: "ada" },
    });
    expect(person.forecast(now).now).to.include({ uid: 1100, shell: "/bin/bash" });
  });

  it("needs folders above a new home in which only root can swap it", () => {
    const person = subject(user("Make her", { name: "ada", home: "/srv/homes/ada" }));
    const now = { now: undefined, group: undefined, home: absent };
    const folder = (mode: number, owner = "root") => ({
      type: "directory",
      mode,
      owner,
      uid: owner === "root" ? 0 : 33,
    });
    const problems = (answer: object) => {
      const found = person.problems(now, answer);
      expect(Object.keys(found)).to.deep.equal(["path /srv", "path /srv/homes"]);
      return Object.values(found).map((problem) => problem !== undefined);
    };
    expect(person.problems(now, folder(0o775))["path /srv"])
      .to.include("as /srv is")
      .and.to.include("`directory`");
    expect(problems(folder(0o775))).to.deep.equal([true, true]);
    expect(problems(folder(0o755, "www-data"))).to.deep.equal([true, true]);
    expect(problems(folder(0o1777)), "sticky").to.deep.equal([false, true]);
    for (const fine of [folder(0o755), absent, { type: "directory", mode: 0o755 }])
      expect(problems(fine)).to.deep.equal([false, false]);
    expect(person.problems({ ...now, home: folder(0o700) }, folder(0o777)), "its home exists").to.deep.equal({});
    expect(person.problems({ ...now, now: kube }, folder(0o777)), "the user exists").to.deep.equal({});
    const system = subject(user("Make it", { name: "ada", home: "/srv/ada", system: true }));
    expect(system.problems({ now: undefined, group: undefined }, folder(0o777))).to.deep.equal({});
  });

  it("needs the groups that it joins, by name or number, unless it is in them", () => {
    const member = subject(user("x", { name: "kube", group: "adm", groups: ["tty", "5", "none"], system: true }));
    expect(member.problems({ now: undefined, group: undefined }, undefined)).to.deep.equal({
      "group adm": "kube: there is no group adm",
      "group tty": "kube: there is no group tty",
      "group 5": "kube: there is no group 5",
      "group none": "kube: there is no group none",
    });
    expect(member.problems({ now: undefined, group: undefined }, { name: "x", gid: 1, members: [] })).to.deep.equal({
      ...{ "group adm": undefined, "group tty": undefined, "group 5": undefined, "group none": undefined },
    });
    const state = { now: { ...kube, group: "adm" }, group: undefined, "group 5": { name: "tty", gid: 5, members: [] } };
    expect(Object.keys(member.problems(state, undefined))).to.deep.equal(["group none"]);
    const gone = subject(user("x", { name: "kube", groups: ["none"], state: "absent" }));
    expect(gone.problems(state, undefined)).to.deep.equal({});
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

  describe("with groups that are named by their numbers", () => {
    const numbered = subject(user("x", { name: "kube", group: "990", groups: ["5", "adm"] }));
    const groups = {
      "group 990": { name: "kube", gid: 990, members: [] },
      "group 5": { name: "tty", gid: 5, members: ["kube"] },
    };

    it("asks for them, and compares their names", () => {
      expect(asked(numbered)).to.include.members(["group 990", "group 5"]).and.not.to.include("group adm");
      const now = { now: { ...kube, groups: ["adm", "tty"] }, group: undefined, ...groups };
      expect(numbered.diff(now)).to.deep.equal([]);
    });

    it("joins the missing ones, and forecasts them by name", () => {
      const now = { now: { ...kube, group: "root", groups: [] }, group: undefined, ...groups };
      expect(numbered.steps(now)).to.deep.equal(["usermod --gid 'kube' --append --groups 'tty,adm' -- 'kube'"]);
      expect(numbered.forecast(now).now)
        .to.include({ group: "kube" })
        .and.to.have.deep.property("groups", ["adm", "tty"]);
      expect(numbered.diff({ ...groups, ...numbered.forecast(now) })).to.deep.equal([]);
    });

    it("keeps a number that no group has, as the user's state does", () => {
      const now = { now: { ...kube, group: "990", groups: ["5", "adm"] }, group: undefined };
      expect(numbered.diff(now)).to.deep.equal([]);
    });
  });

  it("takes no notice of slashes at the end of a home, which usermod takes off", () => {
    const home = subject(user("x", { name: "kube", home: "/srv//kube/" }));
    expect(home.diff({ now: { ...kube, home: "/srv/kube" }, group: undefined })).to.deep.equal([]);
    expect(home.diff({ now: { ...kube, home: "/srv/kube/" }, group: undefined })).to.deep.equal([]);
    expect(home.steps({ now: kube, group: undefined, home: absent })).to.deep.equal([
      "usermod --home '/srv/kube' -- 'kube'",
    ]);
  });

  it("is refused with a number that no user can have", () => {
    for (const uid of [-1, 1.5, 2 ** 32 - 1, NaN])
      expect(() => subject(user("x", { name: "kube", uid })), String(uid)).to.throw("expected a whole number");
  });

  const nobody = { now: undefined, group: undefined, home: absent };

  it("is made with a name that useradd accepts, and with no other, in a check either", () => {
    for (const name of ["kim", "Kim", "pc$", "_apt", "7zip", ".hidden", "a.b-c_d"])
      expect(subject(user("x", { name })).diff(nobody), name).to.have.length(1);
    for (const name of ["¡", "jürgen", "kim@corp.example", "a+b", "web~1", "a=b", "a$b", "$", "日本", "a\\b"])
      expect(() => subject(user("x", { name })).diff(nobody), name).to.throw("useradd makes none with this name");
  });

  it("keeps any name that it has, and is refused with one that others could misread", () => {
    for (const name of ["kim@corp.example", "jürgen", "a+b", "web~1", "a=b", "pc$", "_apt", "é".repeat(16)])
      expect(subject(user("x", { name })).diff({ ...nobody, now: kube }), name).to.deep.equal([]);
    const bad = ["", "-a", "+a", "~a", "a:b", "a,b", "a/b", "a b", "a\u00a0b", "a\nb", "a\u0085", "1000", ".", ".."];
    for (const name of [...bad, "é".repeat(17)])
      expect(() => subject(user("x", { name })), name).to.throw("is not the name of a user");
    expect(() => subject(user("x", { name: "\ud800" }))).to.throw("is not the name of a user");
  });

  it("joins a group, or is removed, whatever name a directory of users has given it", () => {
    const member = subject(user("x", { name: "kim", group: "domain users", groups: ["Ops/EU", "r&d team"] }));
    expect(member.steps({ now: kube, group: undefined, home: absent })).to.deep.equal([
      "usermod --gid 'domain users' --append --groups 'Ops/EU,r&d team' -- 'kim'",
    ]);
    const gone = subject(user("x", { name: "CORP\\kim lee", state: "absent" }));
    expect(gone.steps({ now: kube, group: undefined })).to.deep.equal(["userdel -- 'CORP\\kim lee'"]);
    for (const name of ["", "-a", "a:b", "a,b", "a\nb"])
      expect(() => subject(user("x", { name: "kim", groups: [name] })), name).to.throw("is not the name of a group");
    for (const name of ["", "-a", "a:b", "a,b", "a\nb", "1000"])
      expect(() => subject(user("x", { name, state: "absent" })), name).to.throw("is not the name of a user");
  });

  it("keeps the group of its name if it has other members, as userdel does", () => {
    const gone = subject(user("x", { name: "kube", state: "absent" }));
    const group = { name: "kube", gid: 990, members: ["ada"] };
    expect(gone.forecast({ now: kube, group })).to.deep.equal({ now: undefined, group });
  });

  it("gives its new number to the files in its home, and to no others", () => {
    const moved = subject(user("x", { name: "kube", uid: 5, home: "/srv/kube" }));
    const found = moved.diff({ now: { ...kube, home: "/srv/kube" }, group: undefined });
    const file = { type: "file", mode: 0o644, owner: "kube", uid: 990, group: "kube", gid: 990 };
    expect(moved.becomes(found, "path", file, "/srv/kube/a")).to.deep.equal({ ...file, uid: 5 });
    for (const elsewhere of ["/srv/kube2/a", "/srv/a"])
      expect(moved.becomes(found, "path", file, elsewhere)).to.deep.equal({ ...file, owner: "990" });
    const foreign = { ...file, owner: "ada", uid: 1000 };
    expect(moved.becomes(found, "path", foreign, "/srv/kube/a")).to.equal(foreign);
  });

  it("leaves its number to its files if it is removed, those of its home too", () => {
    const gone = subject(user("x", { name: "kube", home: "/srv/kube", state: "absent" }));
    const found = gone.diff({ now: { ...kube, home: "/srv/kube" }, group: undefined });
    const folder = { type: "directory", mode: 0o755, owner: "kube", uid: 990, group: "kube", gid: 990 };
    for (const path of ["/srv/kube/a", "/srv/a"])
      expect(gone.becomes(found, "path", folder, path)).to.deep.equal({ ...folder, owner: "990" });
  });

  it("has files in a new home that a check cannot know, and as a system user none", () => {
    const person = subject(user("x", { name: "ada" }));
    for (const name of [".bashrc", ".profile", ".bash_logout"])
      for (const query of ["path", "content", "digest"])
        expect(person.effects).to.have.property(`${query} /home/ada/${name}`, "unknown");
    const names = (one: typeof person) => Object.keys(one.effects).filter((name) => name.includes("/"));
    expect(names(system)).to.deep.equal([]);
  });

  it("is removed, with the group of its name", () => {
    const gone = subject(user("x", { name: "kube", state: "absent" }));
    const now = { now: kube, group: { gid: 990, members: [] } };
    expect(gone.steps(now)).to.deep.equal(["userdel -- 'kube'"]);
    expect(gone.forecast(now)).to.deep.equal({ now: undefined, group: undefined });
    expect(gone.diff(gone.forecast(now))).to.deep.equal([]);
  });

  describe("with a password", () => {
    const hash = "$6$salt$hash/of.it";
    const digest = createHash("sha256").update(hash).digest("hex");
    const ada = subject(user("Make her", { name: "ada", system: true, password: hash }));

    it("is compared by a digest of the hash, and neither hash is shown", () => {
      expect(asked(ada)).to.deep.equal(["user ada", "group ada", "password ada"]);
      const hidden = { what: "password", before: undefined, after: undefined, secret: true };
      for (const other of [undefined, "0".repeat(64)])
        expect(ada.diff({ now: kube, password: other })).to.deep.equal([hidden]);
      expect(ada.diff({ now: kube, password: digest })).to.deep.equal([]);
      expect(ada.diff(ada.forecast({ now: undefined, password: undefined }))).to.deep.equal([]);
    });

    it("gets it by standard input, also when it is made", () => {
      const set = { sh: `printf '%s\\n' 'ada:${hash}' | chpasswd -e`, secret: true };
      expect(ada.steps({ now: kube, password: undefined })).to.deep.equal([set]);
      expect(ada.steps({ now: undefined, group: undefined, password: undefined })[1]).to.deep.equal(set);
    });

    it("is refused with the password itself, which is not told", () => {
      const make = (password: string) => () => subject(user("u", { name: "ada", password }));
      for (const word of ["hunter2", "", "$6$", "$1$old$hash", `${hash}:`, `${hash}\n`])
        expect(make(word), word).to.throw(/^ada: the password is not a hash, expected one of crypt\(5\)(?!.*hunter2)/);
      for (const word of ["!", "*", "!*", "!!", `!${hash}`, "$y$j9T$a.b/c$d", "$2b$12$abc", "$6$rounds=5000$a$b"])
        expect(make(word), word).not.to.throw();
    });
  });

  describe("with groups that are all of them", () => {
    const exclusive = (groups: string[], more = {}) =>
      subject(user("u", { name: "kube", groups, exclusive: true, ...more }));

    it("leaves the others", () => {
      const now = { now: { ...kube, groups: ["adm", "tty"] } };
      expect(exclusive(["tty", "games"]).diff(now)).to.deep.equal([
        { what: "groups", before: "adm,tty", after: "games,tty" },
      ]);
      expect(exclusive(["tty", "games"]).steps(now)).to.deep.equal(["usermod --groups 'games,tty' -- 'kube'"]);
      expect(exclusive([]).steps(now)).to.deep.equal(["usermod --groups '' -- 'kube'"]);
      expect(exclusive([]).diff({ ...now, ...exclusive([]).forecast(now) })).to.deep.equal([]);
      expect(exclusive(["adm", "tty", "kube"]).diff(now)).to.deep.equal([]);
    });

    it("stays in its primary group, and joins without a loss what it is not in", () => {
      const now = { now: { ...kube, groups: ["kube", "tty"] } };
      expect(exclusive(["tty"]).diff(now)).to.deep.equal([]);
      expect(exclusive(["tty", "adm"]).steps(now)).to.deep.equal(["usermod --append --groups 'adm' -- 'kube'"]);
    });

    it("have to be named", () => {
      expect(() => subject(user("u", { name: "kube", exclusive: true }))).to.throw("exclusive requires groups");
    });
  });
});
