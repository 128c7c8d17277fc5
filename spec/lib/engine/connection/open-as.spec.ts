import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { connectLocal } from "#engine/connection/local.ts";
import type { Become } from "#engine/connection/become.ts";
import { keepsEnvironment } from "../environment.ts";
import { temporaryFolder } from "../temporary.ts";

/** With a sudo of the spec's own in the path. */
describe("becoming another user", () => {
  const folder = temporaryFolder();
  keepsEnvironment();

  /** The error message if sudo does this. */
  async function refusal(program: string, become: Become = { user: "somebody", password: "secret" }): Promise<string> {
    writeFileSync(path.join(folder, become.method ?? "sudo"), `#!/bin/sh\n${program}\n`, { mode: 0o755 });
    process.env.PATH = `${folder}:${process.env.PATH ?? ""}`;
    const host = connectLocal({ name: "cp-1", connectTimeout: 5, become });
    try {
      await host.run("true");
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      await host.close();
    }
    throw new Error("it did not refuse");
  }

  it("runs sudo with the C locale, whatever the user's locale is", async () => {
    process.env.LC_ALL = "de_DE.UTF-8";
    process.env.LANGUAGE = "de";
    const said = await refusal(
      '[ "$LC_ALL$LANGUAGE" = C ] && echo "sudo: a password is required" >&2 || echo "sudo: Ein Passwort ist notwendig" >&2; exit 1',
    );
    expect(said).to.include("cannot become somebody on cp-1: sudo requires a password: set ansible_become_password");
  });

  for (const stream of ["", " >&2"])
    it(`gives up on one that prints without end${stream}`, async () => {
      const said = await refusal(`exec yes 'a word'${stream}`);
      expect(said).to.match(
        /^(cp-1 opens no shell: its login|cannot become somebody on cp-1: sudo) prints without end/,
      );
      expect(said.length).to.be.below(1000);
    });

  it("names the user who may not use sudo, and the remedy", async () => {
    const said = await refusal(
      'printf "ann is not in the sudoers file.\\nThis incident has been reported to the administrator.\\n" >&2; exit 1',
    );
    expect(said).to.equal(
      "cannot become somebody on cp-1: ann is not in the sudoers file. Give the user rights in sudoers, such as with the group sudo, or log in as another user (ansible_user)",
    );
  });

  it("says that sudo is not installed", async () => {
    const said = await refusal("exec env kubeplay-has-no/sudo");
    expect(said).to.include("sudo is not installed: install it, or log in as that user");
  });

  it("names requiretty if sudo wants a terminal", async () => {
    expect(await refusal("echo 'sudo: sorry, you must have a tty to run sudo' >&2; exit 1")).to.include(
      "take requiretty out of sudoers",
    );
  });

  it("shows sudo's own message without the lecture before it", async () => {
    const lecture = "We trust you have received the usual lecture.\n\n    #1) Respect the privacy of others.\n";
    expect(
      await refusal(
        `printf '${lecture}' >&2; echo 'sudo: account validation failure, is your account locked?' >&2; exit 1`,
      ),
    ).to.equal("cannot become somebody on cp-1: sudo: account validation failure, is your account locked?");
  });

  it("says that sudo did not answer, and not that the host has no shell", async () => {
    const said = await refusal("echo 'Waiting for your second factor' >&2; exec sleep 60");
    expect(said).to.equal(
      "cannot become somebody on cp-1: sudo did not answer within 5 s. The host says: Waiting for your second factor",
    );
  }).timeout(20_000);

  /** What Debian's programs print. */
  const others: readonly (readonly ["su" | "doas", string | undefined, string, string])[] = [
    ["doas", undefined, "echo 'doas: Authentication required' >&2; exit 1", "allow nopass for this user in doas.conf"],
    [
      "doas",
      undefined,
      "echo 'doas: Operation not permitted' >&2; exit 1",
      "doas: Operation not permitted: permit this user in doas.conf, or log in as another user (ansible_user)",
    ],
    ["doas", undefined, "exec env kubeplay-has-no/doas", "doas is not installed: install it"],
    [
      "su",
      "secret",
      `printf 'Password: ' >&2; read -r given; [ "$given" = secret ] && echo 'su: Authentication failure' >&2; exit 1`,
      "su does not accept the password (ansible_become_password): it is that of the user to become",
    ],
    ["su", undefined, "printf 'Password: ' >&2; exec sleep 60", "su requires a password: set ansible_become_password"],
    [
      "su",
      undefined,
      "echo 'su: using restricted shell /usr/sbin/nologin' >&2; exit 1",
      "/etc/shells does not have /usr/sbin/nologin: set ansible_become_method to sudo or doas",
    ],
  ];
  for (const [method, given, program, words] of others)
    it(`says why ${method} refuses: ${words}`, async () => {
      const become = { user: "somebody", method, ...(given !== undefined && { password: given }) };
      expect(await refusal(program, become))
        .to.include(`cannot become somebody on cp-1: `)
        .and.include(words);
    });

  it("shows sudo's own message if the refusal is not a known one", async () => {
    expect(await refusal("echo 'sudo: the disk is on fire' >&2; exit 1")).to.equal(
      "cannot become somebody on cp-1: sudo: the disk is on fire",
    );
  });
});

describe("a session", () => {
  keepsEnvironment();

  it("sets one locale, even if LANGUAGE names another", async () => {
    process.env.LANGUAGE = "de";
    const host = connectLocal({ name: "cp-1", connectTimeout: 5 });
    const { stdout } = await host.run('echo "$LC_ALL ${LANGUAGE-none}"');
    await host.close();
    expect(stdout).to.equal("C.UTF-8 none\n");
  });
});
