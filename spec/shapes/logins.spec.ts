import { expect } from "chai";
import { prepared } from "../engine/every-task.ts";
import { clear } from "../lib/engine/runner/stage.ts";
import { on, target } from "./lab/host.ts";
import { keeps, keepsEverything, projectOf, type Ended } from "./project.ts";

const few = { playbook: "spec/shapes/few.ts", changes: 3 };
const ping = "spec/shapes/ping.ts";
/** The lines of sshd_config for one user. */
const match = (user: string, ...lines: readonly string[]): string => [`Match User ${user}`, ...lines].join("\n  ");
const cloudImage = `echo 'Please login as the user "debian" rather than the user "root".';echo;sleep 10;exit 142`;

/** Users of one host, who log in each in another way. */
describe("a login", () => {
  const host = target("shape-logins");
  const as = (user: string, vars: object = {}) => projectOf(host, { ansible_user: user, ...vars });
  const forgetsFew = () => on(host.name, "rm -rf /var/tmp/few-* /usr/local/bin/few");
  const keepsFew = async (user: string, vars: object = {}): Promise<void> => {
    await forgetsFew();
    await keeps(as(user, vars), few);
  };
  after(clear);

  before(async () => {
    const users: Readonly<Record<string, string>> = {
      ...{ fish: "/usr/bin/fish", csh: "/bin/bsd-csh", tcsh: "/bin/tcsh", zsh: "/bin/zsh", noisy: "/bin/bash" },
      ...{ gone: "/bin/sh", strict: "/bin/sh", path: "/bin/sh", expired: "/bin/sh", closed: "/bin/sh" },
      ...{ nologin: "/usr/sbin/nologin", execs: "/bin/bash", cloud: "/bin/sh", files: "/bin/sh", talks: "/bin/sh" },
      ...{ one: "/bin/sh", two: "/bin/sh", three: "/bin/sh", none: "/bin/sh", kim: "/bin/sh", lectured: "/bin/sh" },
    };
    const made = Object.entries(users).map(
      ([user, shell]) =>
        `useradd --create-home --shell ${shell} ${user} && chmod 700 /home/${user} && echo '${user} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/${user}`,
    );
    const sshd = [
      match("talks", "AuthenticationMethods keyboard-interactive", "KbdInteractiveAuthentication yes"),
      ...["none", "one", "two", "three"].map((user, most) => match(user, `MaxSessions ${String(most)}`)),
      match("cloud", `ForceCommand ${cloudImage}`),
      match("files", "ForceCommand internal-sftp"),
    ];
    await on(
      host.name,
      `set -e
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y fish csh tcsh zsh >/dev/null 2>&1
${made.join("\n")}
cat > /etc/ssh/sshd_config.d/zz.conf <<'END'
${sshd.join("\n")}
END
echo 'talks:right horse' | chpasswd; echo 'lectured:right horse' | chpasswd
rm -rf /home/gone
printf 'echo hello; echo hello >&2; umask 077\\nexport TMOUT=1 LANG=de_DE.UTF-8 CDPATH=/ ENV=/none PS1=x\\n' > /home/noisy/.bashrc
echo 'exec fish' > /home/execs/.bashrc
echo 'Defaults:path secure_path="/usr/bin:/bin"' >> /etc/sudoers.d/path
echo 'Defaults:strict requiretty' >> /etc/sudoers.d/strict
printf 'Defaults:lectured lecture=always\\nlectured ALL=(ALL) ALL\\n' > /etc/sudoers.d/lectured
passwd --quiet --expire expired; usermod --expiredate 2020-01-01 closed
systemctl restart ssh`,
    );
  });

  describe("by the login shell", () => {
    it("tcsh applies every resource", async () => {
      await on(host.name, prepared);
      await keepsEverything(as("tcsh"));
    });

    for (const shell of ["fish", "csh", "zsh"])
      it(`${shell} makes changes of each kind`, async () => {
        await keepsFew(shell);
      });

    it("bash with a profile that prints and sets a umask, TMOUT and a locale makes the same changes", async () => {
      await keepsFew("noisy");
      expect(await on(host.name, "cat /var/tmp/few-root; stat -c %a /var/tmp/few-root-detached")).to.equal(
        "0022\nroot\n644",
      );
    });

    it("without a home folder makes changes", async () => {
      await keepsFew("gone");
    });

    it("finds programs that sudo's secure_path leaves out", async () => {
      await keepsFew("path");
    });
  });

  it("answers the dialogue of a server that accepts no other way", async () => {
    await keepsFew("talks", { ansible_password: "right horse" });
  });

  it("gives sudo its password after a lecture", async () => {
    await keepsFew("lectured", { ansible_become_password: "right horse" });
  });

  for (const [user, most] of Object.entries({ one: 1, two: 2, three: 3 }))
    it(`makes changes if sshd has MaxSessions ${String(most)}`, async () => {
      await keepsFew(user);
    });

  it("does every task of another ordinary user, from a home that this user may not enter", async () => {
    await on(
      host.name,
      "mkdir -p /home/kim/work/old && cd /home/kim/work && echo old | tee lines old/file && chown -R kim: /home/kim",
    );
    await keeps(projectOf(host, { ansible_become: false }), { playbook: "spec/shapes/as-kim.ts", changes: 14 });
    expect(await on(host.name, "cd /home/kim/work; cat new/file ran by; find . ! -user kim")).to.equal(
      "kim\n0022\nkim\nkim",
    );
  });

  it("runs a detached command of a user who may not write to the home folder", async () => {
    await on(host.name, "rm -rf /home/kim/work/by; chown root /home/kim; chmod 755 /home/kim");
    const ended = await projectOf(host, { ansible_become: false }).play("spec/shapes/as-kim.ts");
    await on(host.name, "chown kim /home/kim; chmod 700 /home/kim");
    expect(ended.code, ended.output).to.equal(0);
    expect(ended.changes.map(({ task }) => task)).to.include("Run it detached");
  });

  describe("shows the host's own sentence", () => {
    const refused = async (user: string, code: number, vars: object = {}): Promise<Ended> => {
      const ended = await as(user, vars).play(ping);
      expect(ended.code, ended.output).to.equal(code);
      return ended;
    };
    const refusals: readonly [string, string, number, string, object?][] = [
      [
        "of a cloud image",
        "cloud",
        4,
        'The host says: Please login as the user "debian" rather than the user "root".',
        { ansible_ssh_timeout: 8 },
      ],
      ["of a nologin shell", "nologin", 4, "The host says: This account is currently not available."],
      ["of a password that has expired", "expired", 4, "Password change required but no TTY available."],
      ["of an account that has expired", "closed", 4, "Your account has expired"],
      ["of a server for files only", "files", 4, "This service allows sftp connections only."],
      ["of sudo, which wants a terminal", "strict", 2, "sudo requires a terminal: take requiretty out of sudoers"],
      ["that names MaxSessions if no session is allowed", "none", 4, "MaxSessions in sshd_config"],
      [
        "or what may be wrong, if a profile starts another shell",
        "execs",
        4,
        "A login shell, a profile, ForceCommand or authorized_keys may start something other than sh",
        { ansible_ssh_timeout: 3 },
      ],
    ];
    for (const [what, user, code, sentence, vars] of refusals)
      it(what, async () => {
        const ended = await refused(user, code, vars);
        expect(ended.output).to.include(sentence);
        if (code === 4) expect(ended.output).to.not.include("cannot become");
      });

    it("of /etc/nologin", async () => {
      await on(host.name, "echo 'Closed until Monday.' > /etc/nologin");
      const ended = await refused("zsh", 4);
      await on(host.name, "rm /etc/nologin");
      expect(ended.output).to.include("The host says: Closed until Monday.");
    });
  });
});
