import { expect } from "chai";
import { aptRepository, cron, limits, logrotate, sudoers, type Task } from "kubeplay";
import { subject } from "../one-resource.ts";

const written = (task: Task) => {
  const [upload, ...more] = subject(task).steps({ path: { type: "absent" } }) as [Record<string, unknown>, ...string[]];
  return { to: upload.to, mode: upload.mode, text: upload.upload, more };
};

describe("resources that are one file", () => {
  it("cron writes a line with its user, in which a percent sign is no line end", () => {
    const job = {
      name: "backup",
      schedule: "*/5 1-3 * * mon",
      run: "date +%s",
      user: "ada",
      environment: { A: "b c" },
    };
    expect(written(cron("c", job))).to.deep.equal({
      ...{ to: "/etc/cron.d/backup", mode: 0o644, more: [] },
      text: 'A="b c"\n*/5 1-3 * * mon ada date +\\%s\n',
    });
    expect(written(cron("c", { name: "x", schedule: "@daily", run: "true" })).text).to.equal("@daily root true\n");
  });

  it("cron refuses what it would ignore or misread", () => {
    const refusal = (more: object) => () => subject(cron("c", { name: "x", schedule: "@daily", run: "true", ...more }));
    expect(refusal({ name: "x.sh" })).to.throw('"x.sh" is not the name of a cron job');
    expect(refusal({ schedule: "* * * *" })).to.throw('"* * * *" is not a schedule');
    expect(refusal({ schedule: "@sometimes" })).to.throw("is not a schedule");
    expect(refusal({ run: "a\nb" })).to.throw("a command of one line");
    expect(refusal({ user: "a b" })).to.throw('"a b" is not the name of a user');
    expect(refusal({ environment: { A: 'x"y' } })).to.throw('cron cannot hold the variable "A"');
    expect(refusal({ schedule: undefined, run: undefined, state: "absent" })).not.to.throw();
  });

  it("sudoers writes a rule that visudo has checked", () => {
    const rule = { name: "deploy", who: "%ops", commands: ["/bin/a", "/bin/b c"], password: false };
    expect(subject(sudoers("s", rule)).steps({ path: { type: "absent" } })).to.deep.equal([
      {
        ...{ upload: "%ops ALL=(ALL) NOPASSWD: /bin/a, /bin/b c\n", to: "/etc/sudoers.d/deploy", mode: 0o440 },
        ...{ owner: "root", group: "root", validate: "visudo --check --quiet --file=%s", replaces: "absent" },
      },
    ]);
  });

  it("sudoers refuses what sudo would ignore, and more than one rule", () => {
    const refusal = (more: object) => () =>
      subject(sudoers("s", { name: "x", who: "ada", commands: ["ALL"], ...more }));
    expect(refusal({ name: "x.y" })).to.throw('"x.y" is not the name of a rule');
    expect(refusal({ who: "ada ALL=(ALL) ALL" })).to.throw("expected a name");
    expect(refusal({ commands: ["/bin/a\nroot ALL=ALL"] })).to.throw("is not a command");
    expect(refusal({ commands: ["id"] })).to.throw('"id" is not a command, expected an absolute path or ALL');
    expect(refusal({ commands: [] })).to.throw("sudoers requires commands");
  });

  it("aptRepository has its key in the file, and makes the package lists stale", () => {
    const key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n";
    const task = aptRepository("r", { name: "x", uris: ["https://a/b"], suites: ["s"], signedBy: key });
    expect(written(task).text).to.equal(
      "Types: deb\nURIs: https://a/b\nSuites: s\nComponents: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQ==\n -----END PGP PUBLIC KEY BLOCK-----\n",
    );
    expect(subject(task).becomes([], "package lists", { fresh: true })).to.deep.equal({ fresh: false });
    expect(subject(task).effects).to.include.keys("every package candidate", "every apt upgrades");
  });

  it("limits writes a line for each limit, and refuses what would be another one", () => {
    const all = { domain: "@db", type: "-", item: "nofile", value: 65536 } as const;
    expect(
      written(limits("l", { name: "db", limits: [all, { ...all, type: "soft", item: "nproc", value: "unlimited" }] })),
    ).to.deep.equal({
      ...{ to: "/etc/security/limits.d/db.conf", mode: 0o644, more: [] },
      text: "@db - nofile 65536\n@db soft nproc unlimited\n",
    });
    const refusal = (more: object) => () => subject(limits("l", { name: "x", limits: [{ ...all, ...more }] }));
    expect(refusal({ domain: "a b" })).to.throw('"a b" is not a user');
    expect(refusal({ value: 1.5 })).to.throw('nofile is 1.5, expected a whole number or "unlimited"');
    expect(() => subject(limits("l", { name: "x", limits: [] }))).to.throw("limits requires limits");
    expect(() => subject(limits("l", { name: "x.y", limits: [all] }))).to.throw(
      '"x.y" is not the name of a file of limits',
    );
  });

  it("logrotate writes a block that logrotate has checked", () => {
    const rotation = { name: "app", paths: ["/var/log/app/*.log", "/var/log/a b"], options: ["weekly", "rotate 8"] };
    const task = logrotate("l", { ...rotation, postrotate: "systemctl reload app || true\n" });
    expect(written(task).text).to.equal(
      '/var/log/app/*.log\n"/var/log/a b" {\n    weekly\n    rotate 8\n    sharedscripts\n    postrotate\nsystemctl reload app || true\n    endscript\n}\n',
    );
    expect(subject(task).steps({ path: { type: "absent" } })[0])
      .to.have.property("validate")
      .that.includes("logrotate --debug %s");
    expect(written(logrotate("l", rotation)).text).not.to.include("script");
  });

  it("logrotate refuses what would be more than an option", () => {
    const refusal = (more: object) => () =>
      subject(logrotate("l", { name: "x", paths: ["/var/log/x"], options: ["daily"], ...more }));
    expect(refusal({ paths: [] })).to.throw("requires paths");
    for (const path of ["var/log/x", '/a"b', "/a {", "/a\n/b"])
      expect(refusal({ paths: [path] }), path).to.throw("is not the absolute path of log files");
    for (const option of ["daily\nrotate 3", "}", "postrotate", "", "Daily"])
      expect(refusal({ options: [option] }), option).to.throw("is not an option of one line");
    expect(refusal({ postrotate: "true\n  endscript\n}" })).to.throw("postrotate has a line endscript");
  });

  it("aptRepository refuses what apt would ignore or misread", () => {
    const refusal = (more: object) => () =>
      subject(aptRepository("r", { name: "x", uris: ["https://a"], suites: ["s"], ...more }));
    expect(refusal({ name: "a b" })).to.throw('"a b" is not the name of a repository');
    expect(refusal({ uris: [] })).to.throw("requires uris");
    expect(refusal({ components: [] })).to.throw("x: components is an empty list, expected words, or no components");
    expect(refusal({ suites: ["a b"] })).to.throw('"a b" has spaces, expected one word');
    expect(refusal({ signedBy: "mQ==" })).to.throw("neither an absolute path nor a key that begins with");
  });
});
