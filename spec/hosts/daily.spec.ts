import { AssertionError, expect } from "chai";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  alternative,
  aptRepository,
  assert,
  authorizedKeys,
  blockInFile,
  copyTree,
  cron,
  fetch,
  getUrl,
  git,
  hostname,
  ini,
  isBlock,
  knownHosts,
  limits,
  logrotate,
  mount,
  packages,
  prune,
  replace,
  script,
  sudoers,
  timer,
  timezone,
  uri,
  type Task,
} from "kubeplay";
import { changed, keep as keepOn, namesOf, twice as twiceOn } from "../lib/engine/resources/keep.ts";
import { temporaryFolder } from "../lib/engine/temporary.ts";
import { host, on } from "./lab/host.ts";

/** What roles do on an ordinary day, on a Debian 13 host over SSH and sudo: predicted, done, and done again. */
describe("on an ordinary day on a Debian host", function () {
  this.timeout(600_000);
  const role = temporaryFolder();
  const keep = async (task: Task) => namesOf(await keepOn(await host(), task, role));
  const twice = async (task: Task) => twiceOn(await host(), task, role);
  /** The error of a run, which is no difference between a check and a run. */
  const refused = async (task: Task) =>
    keepOn(await host(), task, role).then(
      () => "",
      (error: unknown) => {
        if (error instanceof AssertionError) throw error;
        return String(error);
      },
    );

  before(async () => {
    mkdirSync(`${role}/files`);
    await on("rm -rf /srv/daily && mkdir -p /srv/daily");
    await keep(packages("p", { names: ["cron", "curl", "git", "logrotate", "tzdata", "busybox"] }));
  });

  it("a block is put into a file, changed, and taken out", async () => {
    await on("printf 'a\\nz\\n' > /srv/daily/lines; chmod 600 /srv/daily/lines");
    const block = { path: "/srv/daily/lines", insertBefore: "^z" };
    expect(await twice(blockInFile("b", { ...block, block: "x\ny" }))).to.deep.equal(["block"]);
    expect(await on("cat /srv/daily/lines; stat -c %a /srv/daily/lines")).to.equal(
      "a\n# BEGIN managed by kubeplay\nx\ny\n# END managed by kubeplay\nz\n600",
    );
    await twice(blockInFile("b", { ...block, block: "y" }));
    await twice(blockInFile("b", { ...block, state: "absent" }));
    expect(await on("cat /srv/daily/lines")).to.equal("a\nz");
  });

  it("an option of an INI file is set and removed, and a pattern is replaced", async () => {
    await on("printf '[a]\\nk=1\\n' > /srv/daily/ini");
    await twice(ini("i", { path: "/srv/daily/ini", section: "b", option: "k", value: 2 }));
    await twice(replace("r", { path: "/srv/daily/ini", match: "^k=(\\d)$", with: "k=0$1" }));
    expect(await on("cat /srv/daily/ini")).to.equal("[a]\nk=01\n\n[b]\nk = 2");
    await twice(ini("i", { path: "/srv/daily/ini", section: "b", state: "absent" }));
    expect(await on("cat /srv/daily/ini")).to.equal("[a]\nk=01");
  });

  describe("a tree", () => {
    const source = path.join(role, "files/site");
    const tree = (more = {}) => copyTree("t", { src: "site", dest: "/srv/daily/www/site", ...more });
    const seen = () => on("cd /srv/daily/www/site && find . -printf '%y %m %u %P %l\\n' | sort -k 4");

    before(() => {
      mkdirSync(path.join(source, "a b/empty"), { recursive: true });
      writeFileSync(path.join(source, "index.html"), "<p>it's</p>\n");
      writeFileSync(path.join(source, "a b/run"), "#!/bin/sh\n");
      chmodSync(path.join(source, "a b/run"), 0o750);
      symlinkSync("index.html", path.join(source, "start"));
    });

    it("is copied with its folders, links and programs", async () => {
      expect(await twice(tree({ owner: "kubeplay" }))).to.deep.equal(["added"]);
      expect((await seen()).split("\n").map((line) => line.trim())).to.have.members([
        ...["d 755 kubeplay", "d 755 kubeplay a b", "d 755 kubeplay a b/empty", "f 755 kubeplay a b/run"],
        ...["f 644 kubeplay index.html", "l 777 root start index.html"],
      ]);
    });

    it("only changes what differs, and keeps what is not in it", async () => {
      await on("cd /srv/daily/www/site && echo old > index.html && echo more > more && chmod 700 'a b/run'");
      expect(await twice(tree())).to.deep.equal(["changed", "permissions"]);
      expect(await on("cd /srv/daily/www/site && cat index.html more")).to.equal("<p>it's</p>\nmore");
    });

    it("removes what it does not have with purge alone", async () => {
      await on("mkdir -p /srv/daily/www/site/old/deep && touch /srv/daily/www/site/old/deep/file");
      expect(await twice(tree({ purge: true }))).to.deep.equal(["removed"]);
      expect(await on("ls -A /srv/daily/www/site")).to.equal("a b\nindex.html\nstart");
    });

    it("does not replace a folder by a file", async () => {
      await on("cd /srv/daily/www/site && rm index.html && mkdir index.html");
      expect(await refused(tree({ purge: true }))).to.include(
        "/srv/daily/www/site/index.html is a directory, expected a file",
      );
    });

    it("is not read without its source", async () => {
      rmSync(source, { recursive: true });
      expect(await refused(tree())).to.include("is not a folder on the controller");
    });
  });

  describe("a file of a server", () => {
    const dest = "/srv/daily/fetched";
    const url = "http://127.0.0.1:8471/it's%20here";
    const sha256 = "7d1a54127b222502f5b79b5fb0803061152a44f92b37e23c6527baf665d4da9a"; // of "abcdefg"

    before(async () => {
      await on(
        `mkdir -p /srv/daily/www2 && printf abcdefg > "/srv/daily/www2/it's here" && ` +
          "systemd-run --quiet --unit=daily-www --working-directory=/srv/daily/www2 busybox httpd -f -p 127.0.0.1:8471",
      );
      await on("for try in $(seq 300); do curl -s 127.0.0.1:8471 >/dev/null && break; sleep 0.2; done");
    });
    after(() => on("systemctl stop daily-www"));

    it("is fetched once, and again if its digest is another", async () => {
      expect(await twice(getUrl("g", { url, dest, sha256, mode: 0o640, group: "adm" }))).to.deep.equal(["content"]);
      expect(await on(`cat ${dest}; stat -c ' %a %U:%G' ${dest}`)).to.equal("abcdefg 640 root:adm");
      await on(`echo garbled > ${dest}`);
      expect(await twice(getUrl("g", { url, dest, sha256 }))).to.include("content");
      expect(await keep(getUrl("g", { url: `${url}-else`, dest })), "without a digest").to.deep.equal([]);
    });

    it("is asked for, and its other answers are failures", async () => {
      expect(await keep(uri("u", { url }))).to.deep.equal([]);
      expect(await refused(uri("u", { url: `${url}-none` }))).to.include("the answer is 404, expected 200 to 299");
      expect(await keep(uri("u", { url: `${url}-none`, method: "HEAD", status: [404] }))).to.deep.equal([]);
      expect(await refused(uri("u", { url: "http://127.0.0.1:1" }))).to.include("Failed to connect");
    });

    it("is not put in place if its digest is another, and leaves nothing behind", async () => {
      const other = "0".repeat(64);
      expect(await refused(getUrl("g", { url, dest, sha256: other }))).to.include(`expected ${other}`);
      expect(await refused(getUrl("g", { url: `${url}-none`, dest: `${dest}2` }))).to.include("404");
      expect(await on(`cat ${dest}; ls -A /srv/daily | grep -c kubeplay || true`)).to.equal("abcdefg0");
    });
  });

  it("what a folder holds is what a list of names keeps", async () => {
    await on(
      "mkdir -p /srv/daily/sites/old && cd /srv/daily/sites && touch a.conf b.conf 'it'\\''s.conf' readme old/file && ln -s /etc link.conf",
    );
    const only = (keep: string[], more = {}) => prune("p", { path: "/srv/daily/sites", keep, ...more });
    expect(await twice(only(["a.conf"], { match: "\\.conf$" }))).to.deep.equal(["b.conf", "it's.conf", "link.conf"]);
    expect(await on("ls -A /srv/daily/sites; ls /etc/hostname")).to.equal("a.conf\nold\nreadme\n/etc/hostname");
    expect(await twice(only(["a.conf", "more"]))).to.deep.equal(["old", "readme"]);
    expect(await on("ls -A /srv/daily/sites")).to.equal("a.conf");
    expect(await keep(prune("p", { path: "/srv/daily/no-sites", keep: [] }))).to.deep.equal([]);
  });

  describe("a git repository", () => {
    const dest = "/srv/daily/app";
    const repo = "/srv/daily/app.git";
    const commit = (text: string) =>
      on(
        `cd /srv/daily/work && echo ${text} > file && git add file && git -c user.name=a -c user.email=a@b commit -q -m ${text} && git push -q && git rev-parse HEAD`,
      );
    let first = "";

    before(async () => {
      await on("cd /srv/daily && git init -q --bare -b main app.git");
      await on(
        "cd /srv/daily && git clone -q app.git work 2>/dev/null && cd work && git checkout -q -B main && git config push.default current",
      );
      first = await commit("one");
      await on("cd /srv/daily/work && git tag v1 && git push -q --tags");
      await commit("two");
    });

    it("is checked out at a branch, and follows it", async () => {
      expect(await twice(git("g", { repo, dest, version: "main" }))).to.deep.equal(["commit"]);
      expect(await on(`cat ${dest}/file`)).to.equal("two");
      await commit("three");
      expect(await twice(git("g", { repo, dest, version: "main" }))).to.deep.equal(["commit"]);
      expect(await on(`cat ${dest}/file`)).to.equal("three");
    });

    it("is checked out at a tag and at a commit", async () => {
      await twice(git("g", { repo, dest, version: "v1" }));
      expect(await on(`cat ${dest}/file`)).to.equal("one");
      expect(await keep(git("g", { repo, dest, version: first })), "the same commit").to.deep.equal([]);
    });

    it("does not lose changes unless it is told to", async () => {
      await on(`echo mine > ${dest}/file`);
      expect(await refused(git("g", { repo, dest, version: "v1" }))).to.include("has changes of tracked files");
      expect(await on(`cat ${dest}/file`)).to.equal("mine");
      expect(await twice(git("g", { repo, dest, version: "v1", force: true }))).to.deep.equal(["files"]);
    });

    it("of another user is not read: its configuration names programs", async () => {
      const theirs = "/srv/daily/theirs";
      await on(
        `git clone -q ${repo} ${theirs} 2>/dev/null; cd ${theirs} && git config core.fsmonitor 'touch /srv/daily/owned' && chown -R daemon ${theirs}`,
      );
      expect(await refused(git("g", { repo, dest: theirs }))).to.include("belongs to another user");
      expect(await on("ls /srv/daily/owned 2>/dev/null || echo none")).to.equal("none");
    });

    it("names a version that the repository does not have, and a repository that is none", async () => {
      expect(await refused(git("g", { repo, dest, version: "v9" }))).to.include("has no branch or tag v9");
      expect(await refused(git("g", { repo: "/srv/none", dest }))).to.include("/srv/none cannot be asked for HEAD");
    });
  });

  it("keys of a user are added, replaced and taken away", async () => {
    const [ed, rsa] = ["a", "b"].map((name) => {
      const file = path.join(role, name);
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file]);
      return execFileSync("cat", [`${file}.pub`], { encoding: "utf8" }).trim();
    }) as [string, string];
    const read = () =>
      on("cat /home/daily/.ssh/authorized_keys; stat -c '%a %U' /home/daily/.ssh /home/daily/.ssh/authorized_keys");
    await on("id daily >/dev/null 2>&1 || useradd --create-home daily");
    expect(await twice(authorizedKeys("k", { user: "daily", keys: [ed] }))).to.deep.equal(["keys"]);
    expect(await read()).to.equal(`${ed}\n700 daily\n600 daily`);
    await twice(authorizedKeys("k", { user: "daily", keys: [rsa] }));
    await twice(authorizedKeys("k", { user: "daily", keys: [ed.replace(/a$/, "ada")] }));
    expect(await read()).to.include(`${ed}da\n${rsa}\n`);
    await twice(authorizedKeys("k", { user: "daily", keys: [rsa], exclusive: true }));
    expect(await read()).to.equal(`${rsa}\n700 daily\n600 daily`);
    await twice(authorizedKeys("k", { user: "daily", keys: [rsa], state: "absent" }));
    await on("rm /home/daily/.ssh/authorized_keys && ln -s /etc/shadow /home/daily/.ssh/authorized_keys");
    expect(await refused(authorizedKeys("k", { user: "daily", keys: [ed] }))).to.include("is a link, expected a file");
    expect(await refused(authorizedKeys("k", { user: "nobody-here", keys: [ed] }))).to.include("no user nobody-here");
    await on("userdel -r daily 2>/dev/null");
  });

  it("keys that somebody adds while they are read stay, and so do those of a file that is not UTF-8", async () => {
    const key = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"a".repeat(43)} daily`;
    await on(
      "id daily >/dev/null 2>&1 || useradd --create-home daily; [ ! -e /root/.ssh ] || cp -a /root/.ssh /root/ssh",
    );
    for (const [name, home] of [["root", "/root"] as const, ["daily", "/home/daily"] as const]) {
      const file = `${home}/.ssh/authorized_keys`;
      const task = authorizedKeys("k", { user: name, keys: [key] });
      await on(`install -d -m 700 -o ${name} ${home}/.ssh && echo '# one' > ${file} && chown ${name} ${file}`);
      const meanwhile = () => on(`echo '# two' >> ${file}`);
      const failed = await changed(await host(), task, { meanwhile }).then(() => "", String);
      expect(failed, name).to.include("could not be written: it was changed by somebody else");
      expect(await on(`cat ${file}`)).to.equal("# one\n# two");
      await on(`printf '# M\\374ller\\n' > ${file}`);
      expect(await refused(task)).to.include(`~${name}/.ssh/authorized_keys:1: byte 4 (0xfc) is not UTF-8`);
      expect(await on(`base64 ${file}`)).to.equal(Buffer.from("# M\xfcller\n", "latin1").toString("base64"));
    }
    await on("userdel -r daily 2>/dev/null; rm -rf /root/.ssh; [ ! -e /root/ssh ] || mv /root/ssh /root/.ssh");
  });

  it("another host is known to ssh by its keys alone, and forgotten", async () => {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path.join(role, "host")]);
    const key = execFileSync("cat", [`${role}/host.pub`], { encoding: "utf8" }).trim();
    const known = (more: object) => knownHosts("k", { name: "[git.example.org]:2222", ...more });
    await on(
      "touch /etc/ssh/ssh_known_hosts && cp -p /etc/ssh/ssh_known_hosts /srv/daily/known && printf '[git.example.org]:2222,b ssh-ed25519 AAAA\\n' >> /etc/ssh/ssh_known_hosts",
    );
    expect(await twice(known({ keys: [key] }))).to.deep.equal(["keys"]);
    const found = "ssh-keygen -F '[git.example.org]:2222' -f /etc/ssh/ssh_known_hosts | grep -v '^#' || echo none";
    expect(await on(found)).to.equal(`[git.example.org]:2222 ${key}`);
    await twice(known({ state: "absent" }));
    expect(
      await on(`${found}; tail -n 1 /etc/ssh/ssh_known_hosts; cp -p /srv/daily/known /etc/ssh/ssh_known_hosts`),
    ).to.equal("none\nb ssh-ed25519 AAAA");
  });

  it("a script of the controller runs once, and leaves no copy; what it made is fetched", async () => {
    const source = path.join(role, "files/make it");
    writeFileSync(source, `#!/bin/bash\nset -o pipefail\nprintf '%s\\0' "$@" "$WORD" > /srv/daily/made\n`);
    const make = { src: "make it", args: ["it's", "a b"], environment: { WORD: "w" }, creates: "/srv/daily/made" };
    await on("rm -f /srv/daily/made; ls -A /tmp > /srv/daily/tmp");
    expect(await twice(script("s", make))).to.deep.equal(["/srv/daily/made"]);
    expect(
      await on("tr '\\0' '|' < /srv/daily/made; ls -A /tmp | diff /srv/daily/tmp - && chmod 600 /srv/daily/made"),
    ).to.equal("it's|a b|w|");
    const dest = path.join(role, "fetched/made");
    expect(await twice(fetch("f", { src: "/srv/daily/made", dest }))).to.deep.equal(["content"]);
    expect(readFileSync(dest, "utf8")).to.equal("it's\0a b\0w\0");
    await on("head -c 9000000 /dev/urandom > /srv/daily/made");
    await twice(fetch("f", { src: "/srv/daily/made", dest, mode: 0o644 }));
    const sha256 = createHash("sha256").update(readFileSync(dest)).digest("hex");
    expect(await on("sha256sum < /srv/daily/made")).to.equal(`${sha256}  -`);
    expect(await refused(fetch("f", { src: "/srv/daily/none", dest }))).to.include("there is no /srv/daily/none");
  });

  it("limits of a user hold at the next login, and logs are rotated", async () => {
    const nofile = { domain: "daemon", type: "-", item: "nofile", value: 2345 } as const;
    expect(await twice(limits("l", { name: "daily", limits: [nofile] }))).to.deep.equal(["content"]);
    expect(await on("su -s /bin/sh daemon -c 'ulimit -Hn; ulimit -Sn'")).to.equal("2345\n2345");
    await twice(limits("l", { name: "daily", state: "absent" }));
    const rotation = { name: "daily", paths: ["/srv/daily/log dir/*.log"], options: ["weekly", "rotate 2"] };
    await on("mkdir -p '/srv/daily/log dir' && echo old > '/srv/daily/log dir/a.log'");
    expect(await twice(logrotate("l", { ...rotation, postrotate: "touch /srv/daily/rotated" }))).to.deep.equal([
      "content",
    ]);
    await on("logrotate --force /etc/logrotate.d/daily");
    expect(await on("cat '/srv/daily/log dir/a.log.1'; ls /srv/daily/rotated")).to.equal("old\n/srv/daily/rotated");
    for (const options of [["rotate many"], ["no-such-option"]])
      expect(await refused(logrotate("l", { ...rotation, options }))).to.include("the new file is not valid");
    await twice(logrotate("l", { name: "daily", state: "absent" }));
  });

  it("a program is chosen among alternatives, and added to them", async () => {
    const name = "daily-tool";
    const tool = (more: object) => alternative("a", { name, ...more });
    expect(await refused(tool({ state: "auto" }))).to.include(`there are no alternatives for ${name}`);
    const [one, two] = ["/bin/true", "/bin/false"].map((program, index) => ({
      ...{ path: program, link: `/srv/daily/tool`, priority: index + 1 },
    })) as [object, object];
    expect(await twice(tool(one))).to.deep.equal(["priority", "path", "auto"]);
    expect(await twice(tool(two))).to.deep.equal(["priority", "path"]);
    expect(await on("readlink -f /srv/daily/tool")).to.match(/bin\/false$/);
    expect(await twice(tool({ path: "/bin/true" }))).to.deep.equal(["path"]);
    expect(await twice(tool({ ...one, priority: 9 }))).to.deep.equal(["priority"]);
    expect(await twice(tool({ state: "auto" }))).to.deep.equal(["auto"]);
    expect(await on(`readlink -f /srv/daily/tool; update-alternatives --remove-all ${name}`)).to.match(/bin\/true$/);
  });

  it("a job of cron, a rule of sudo and a repository of apt are written, and removed", async () => {
    await twice(cron("c", { name: "daily", schedule: "0 3 * * *", run: "date +%s > /dev/null" }));
    expect(await on("cat /etc/cron.d/daily")).to.equal("0 3 * * * root date +\\%s > /dev/null");
    await twice(sudoers("s", { name: "daily", who: "daemon", commands: ["/usr/bin/id -u"], password: false }));
    expect(await on("sudo -l -U daemon | tail -n 1; stat -c %a /etc/sudoers.d/daily")).to.match(
      /\(ALL\) NOPASSWD: \/usr\/bin\/id -u\n440$/,
    );
    expect(await refused(sudoers("s", { name: "bad", who: "kubeplay", commands: ["/usr/bin/id, ,"] }))).to.include(
      "the new file is not valid",
    );
    await twice(aptRepository("r", { name: "daily", uris: ["file:/srv/daily/none"], suites: ["./"] }));
    expect(await on("cat /etc/apt/sources.list.d/daily.sources")).to.equal(
      "Types: deb\nURIs: file:/srv/daily/none\nSuites: ./",
    );
    await twice(aptRepository("r", { name: "daily", state: "absent" }));
    await twice(cron("c", { name: "daily", state: "absent" }));
    await twice(sudoers("s", { name: "daily", state: "absent" }));
    expect(await on("ls /etc/cron.d/daily /etc/sudoers.d/daily 2>/dev/null | wc -l")).to.equal("0");
  });

  it("a timer is started, and removed with its service", async () => {
    const each = async (p: Parameters<typeof timer>[1]) => {
      const found: string[][] = [];
      for (const item of timer("Daily", { ...p }).tasks) if (!isBlock(item)) found.push(await twice(item));
      return found;
    };
    await each({ name: "kp-daily", schedule: "daily", run: "/bin/true", spread: 60 });
    expect(await on("systemctl is-active kp-daily.timer; systemctl is-enabled kp-daily.timer")).to.equal(
      "active\nenabled",
    );
    await each({ name: "kp-daily", state: "absent" });
    expect(await on("systemctl list-unit-files 'kp-daily*' --no-legend | wc -l")).to.equal("0");
  });

  describe("a mount", () => {
    const at = "/srv/daily mount";
    const scratch = (options: string) => mount("m", { path: at, src: "tmpfs", type: "tmpfs", options });
    const seen = () => on(`findmnt -rno FSTYPE,SIZE --mountpoint '${at}' || echo none; grep -c daily /etc/fstab || :`);
    before(() => on("cp -p /etc/fstab /srv/daily/fstab 2>/dev/null || :"));
    after(() => on(`umount '${at}' 2>/dev/null; [ ! -e /srv/daily/fstab ] || cp -p /srv/daily/fstab /etc/fstab`));

    it("is made with its folder, for now and for the boot", async () => {
      expect(await twice(scratch("size=1m,mode=0750"))).to.deep.equal(["/etc/fstab", "mounted"]);
      expect(await seen()).to.equal("tmpfs 1M\n1");
      expect(
        await on(
          `stat -c %a '${at}'; systemctl show -p SubState --value -- "$(systemd-escape -p --suffix=mount '${at}')"`,
        ),
      ).to.equal("750\nmounted");
    });

    it("gets new options without losing what is in it", async () => {
      await on(`echo kept > '${at}/file'`);
      expect(await twice(scratch("size=2m,mode=0750"))).to.deep.equal(["/etc/fstab"]);
      expect(await seen()).to.equal("tmpfs 2M\n1");
      expect(await on(`cat '${at}/file'`)).to.equal("kept");
    });

    it("comes back if it was unmounted by hand, and at a boot", async () => {
      await on(`umount '${at}'`);
      expect(await twice(scratch("size=2m,mode=0750"))).to.deep.equal(["mounted"]);
      await on(`umount '${at}' && mount -a`);
      expect(await keep(scratch("size=2m,mode=0750"))).to.deep.equal([]);
    });

    it("of a folder is seen at both places", async () => {
      await on("mkdir -p /srv/daily/real && echo there > /srv/daily/real/file");
      const bound = { path: "/srv/daily/bound", src: "/srv/daily/real", type: "none" };
      await twice(mount("m", { ...bound, options: "bind" }));
      expect(await on("cat /srv/daily/bound/file")).to.equal("there");
      expect(await twice(mount("m", { ...bound, options: "bind,ro" }))).to.deep.equal(["/etc/fstab"]);
      expect(await on("touch /srv/daily/bound/x 2>&1 || :")).to.include("Read-only file system");
      await on("touch /srv/daily/real/writable && rm /srv/daily/real/writable");
      await on("mkdir -p /srv/daily/other && echo else > /srv/daily/other/file");
      await twice(mount("m", { ...bound, src: "/srv/daily/other", options: "bind" }));
      expect(await on("cat /srv/daily/bound/file")).to.equal("else");
      await twice(mount("m", { path: bound.path, state: "absent" }));
      expect(await on("ls -A /srv/daily/bound; cat /srv/daily/real/file")).to.equal("there");
    });

    it("that fails leaves no line for the boot: over a link, and of a device that does not exist", async () => {
      await on("ln -sfn /srv/daily/real /srv/daily/alias && mkdir -p /srv/daily/real/in");
      const task = mount("m", { path: "/srv/daily/alias/in", src: "tmpfs", type: "tmpfs" });
      expect(await refused(task)).to.include("write the path without it: /srv/daily/real/in");
      expect(await on("findmnt -n /srv/daily/real/in || echo none")).to.equal("none");
      expect(await refused(mount("m", { path: "/srv/daily/bad", src: "x", type: "ext4" }))).to.include(
        "mount: /srv/daily/bad: ",
      );
      expect(await on("grep -c 'alias\\|bad' /etc/fstab || :")).to.equal("0");
    });

    it("that is in use keeps its line, and goes once it is not", async () => {
      // Of type exec: it is in the folder once systemd-run has ended.
      const busy = `systemd-run --quiet --collect --service-type=exec --unit=daily-busy --property=WorkingDirectory='${at}'`;
      await on(`systemctl stop daily-busy 2>/dev/null; ${busy} sleep 600`);
      expect(await refused(mount("m", { path: at, state: "absent" }))).to.match(/busy/);
      expect(await seen()).to.equal("tmpfs 2M\n1");
      await on("systemctl stop daily-busy");
      expect(await twice(mount("m", { path: at, state: "absent" }))).to.deep.equal(["/etc/fstab", "mounted"]);
      expect(await seen()).to.equal("none\n0");
    });
  });

  it("the host gets a name and a time zone", async () => {
    const [name, zone] = [await on("cat /etc/hostname"), await on("readlink /etc/localtime || true")];
    expect(await twice(hostname("h", { name: "daily-1" }))).to.include("name");
    expect(await on("hostname; cat /etc/hostname")).to.equal("daily-1\ndaily-1");
    await twice(hostname("h", { name }));
    await twice(timezone("z", { name: "Asia/Shanghai" }));
    expect(await on("date +%z")).to.equal("+0800");
    for (const none of ["Mars/Olympus", "Europe"])
      expect(await refused(timezone("z", { name: none }))).to.include(`there is no time zone ${none} in`);
    expect(await on("date +%z")).to.equal("+0800");
    await on(zone === "" ? "rm /etc/localtime" : `ln -sfn '${zone}' /etc/localtime`);
  });

  it("what must hold is asserted", async () => {
    expect(await keep(assert("a", { that: true, message: "never" }))).to.deep.equal([]);
    expect(await refused(assert("a", { that: false, message: "free a gigabyte" }))).to.include("free a gigabyte");
  });
});
