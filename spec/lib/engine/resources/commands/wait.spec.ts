import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { promisify } from "node:util";
import { expect } from "chai";
import { wait } from "kubeplay";
import { quote } from "#engine/shell/quote.ts";
import { ask } from "../../queries/ask.ts";
import { temporaryFolder } from "../../temporary.ts";
import { asked, subject } from "../one-resource.ts";

describe("the resource wait", () => {
  const folder = temporaryFolder();

  it("has nothing to do if its condition holds, and never counts as a change", () => {
    const task = wait("w", { until: "test -e /a", what: "it is there" });
    const there = subject(task);
    expect(asked(there)).to.deep.equal(["probe test -e /a"]);
    expect(there.diff({ holds: true })).to.deep.equal([]);
    expect(there.diff({ holds: false })).to.deep.equal([{ what: "it is there", before: false, after: true }]);
    expect(there.forecast({ holds: false })).to.deep.equal({ holds: true });
    expect("resource" in task.does && task.does.resource.waits).to.be.true;
  });

  it("refuses a description that no shell can print, before anything is asked", () => {
    expect(() => subject(wait("w", { until: "true", what: "a\0b" }))).to.throw("what contains a NUL byte");
  });

  it("distinguishes a port that accepts connections from one that does not", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", () => resolve()));
    const { port } = server.address() as AddressInfo;
    const open = subject(wait("w", { until: { port } }));
    expect(open.label).to.equal(`port ${String(port)} of 127.0.0.1`);
    expect(await ask(Object.values(open.needs))).to.deep.equal([true]);
    await new Promise((resolve) => server.close(resolve));
    // Not the same port: another program may use it by now.
    const closed = subject(wait("w", { until: { port: 1 } }));
    expect(await ask(Object.values(closed.needs))).to.deep.equal([false]);
  });

  it("waits for no port of something that is no host name, and runs none of it", async () => {
    const mark = `${folder}/mark`;
    const wrong = [
      `$(touch ${mark})`,
      `\`touch ${mark}\``,
      "a b",
      "a/b",
      "",
      "-a",
      "a..b",
      "a\nb",
      "../x",
      `${"a".repeat(64)}.b`,
    ];
    for (const host of wrong) {
      const task = wait("w", { until: { port: 1, host } });
      expect(() => subject(task), host).to.throw("is not the name of a host, expected a name or an IP address");
    }
    // Values that a fact or an output may have, whatever its type says.
    for (const port of [`1; touch ${mark}`, 0, 65536, 1.5, undefined])
      expect(() => subject(wait("w", { until: { port: port as number } }))).to.throw(
        "is not a port, expected a number",
      );
    for (const timeout of [`1; touch ${mark}`, NaN, -1])
      expect(() => subject(wait("w", { until: "true", timeout: timeout as number }))).to.throw(
        "expected a number of seconds",
      );
    for (const host of ["node-1", "a.example.org.", "10.0.0.1", "::1", "fd00::1", "my_host"])
      await ask(Object.values(subject(wait("w", { until: { port: 1, host } })).needs));
    expect(existsSync(mark)).to.equal(false);
  });

  it("keeps its condition out of the arguments of its programs", async () => {
    const listed = "cat /proc/$$/cmdline /proc/$PPID/cmdline | tr '\\0\\n' '  '";
    const until = `${listed}; echo "\${kubeplay_until-no more} # of the secret"; false`;
    const [step] = subject(wait("w", { until, what: "it is up", timeout: 0 })).rawSteps({ holds: false });
    const shell = spawn("sh");
    let said = "";
    shell.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    shell.stdin.end(typeof step === "object" && "sh" in step ? step.sh : "");
    await once(shell, "close");
    expect(said).to.include("timeout 1 sh -c").and.include("no more # of the secret");
    expect(said.match(/of the secret/g)).to.have.length(1);
  });

  it("times out after a part of a second too", async () => {
    const [step] = subject(wait("w", { until: "false", timeout: 0.5, every: 0.2 })).rawSteps({ holds: false });
    const script = typeof step === "object" && "sh" in step ? step.sh : "";
    const error: unknown = await promisify(execFile)("sh", ["-c", script], { timeout: 5000 }).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.include({ code: 1, stderr: "false: timed out after 0.5 s\n" });
  });

  it("is a valid script with any characters in its properties", async () => {
    const odd = subject(wait("w", { until: 'test "it\'s" = "it\'s"', what: 'it\'s `$HOME` "there"' }));
    const [step] = odd.rawSteps({ holds: false });
    expect(step).to.have.property("timeout", 270);
    await promisify(execFile)("sh", ["-c", typeof step === "object" && "sh" in step ? step.sh : "false"]);
  });

  it("reports its progress from 10 s on, with the last line of the last try", async () => {
    const waiting = subject(wait("w", { until: "echo first; echo 'no leader' >&2; exit 7", timeout: 11 }));
    const [step] = waiting.rawSteps({ holds: false });
    // A clock that advances a second with each reading, so that the spec does not wait.
    const clock =
      'now=0; date() { read -r now < clock; echo $((now + 1)) > clock; echo "$now"; }; sleep() { :; }; echo 0 > clock;';
    const script = `cd ${quote(folder)}; ${clock} ${typeof step === "object" && "sh" in step ? step.sh : "false"}`;
    const { stdout, stderr } = await promisify(execFile)("sh", ["-c", script]).catch(
      (error: unknown) => error as { stdout: string; stderr: string },
    );
    expect(stdout).to.equal("no leader (10 of 11 s)\nno leader (11 of 11 s)\n");
    expect(stderr).to.contain("timed out after 11 s\nThe last try printed: first\nno leader");
  });
});
