import { execFile } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect } from "chai";
import type { ShellStep } from "kubeplay";
import { registration } from "#roles/kubelet/registration.ts";
import { subject } from "../../lib/engine/resources/one-resource.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";

const run = promisify(execFile);

/** Runs the script with a systemctl of this spec, whose restart makes the condition true. */
describe("the wait for a node's registration", function () {
  this.timeout(30_000);
  const bin = temporaryFolder();
  const file = (name: string): string => `${bin}/${name}`;
  const task = (timeout: number) =>
    subject(registration("t", { node: "n1", registered: '[ -e "$BIN/registered" ]', timeout }));
  const script = (timeout: number): string => (task(timeout).rawSteps({ registered: false })[0] as ShellStep).sh;

  /** `started` is the kubelet's start in seconds after the machine's. */
  async function wait(started: number, timeout: number) {
    for (const name of ["registered", "log"]) rmSync(file(name), { force: true });
    writeFileSync(
      file("systemctl"),
      `#!/bin/sh\ncase $1 in show) echo ${started * 1_000_000} ;; *) echo "$*" >> "$BIN/log"; touch "$BIN/registered" ;; esac\n`,
    );
    writeFileSync(file("journalctl"), "#!/bin/sh\necho the last words >&2\n");
    for (const name of ["systemctl", "journalctl"]) chmodSync(file(name), 0o755);
    const env = { PATH: `${bin}:${process.env.PATH ?? ""}`, BIN: bin };
    const failure = await run("sh", ["-c", script(timeout)], { env }).then(
      () => undefined,
      (error: unknown) => (error as { stderr: string }).stderr,
    );
    return { failure, restarts: existsSync(file("log")) ? readFileSync(file("log"), "utf8").trim().split("\n") : [] };
  }
  const now = (): number => Math.floor(Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]));

  it("restarts a kubelet that has run for long, once: it registers only when it starts", async () => {
    expect(await wait(0, 20)).to.deep.equal({ failure: undefined, restarts: ["restart kubelet"] });
  });

  it("restarts no kubelet that has just started, and shows its journal if the time is over", async () => {
    const { failure, restarts } = await wait(now(), 1);
    expect(restarts).to.deep.equal([]);
    expect(failure).to.match(/the API has no node n1 after 1 s[^]*the last words/);
  });

  it("is no change for a node that is registered", () => {
    expect(task(1).diff({ registered: true })).to.deep.equal([]);
  });
});
