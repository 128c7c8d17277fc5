import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { until } from "../../until.ts";
import { approverIn, client, judged, program } from "./judged.ts";
import { pem, request } from "./request.ts";

describe("the approver's watch", () => {
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);
  const lines = (name: string): number =>
    existsSync(at(name)) ? readFileSync(at(name), "utf8").split("\n").length - 1 : 0;

  /** Runs the approver until `isDone`, with a kubectl whose watch does this; a renewal waits from the beginning. */
  async function whileWatching(watch: string, values: object, isDone: () => boolean): Promise<void> {
    judged(folder, { renewal: { signer: client, request: pem(request({ extensions: undefined })) } });
    for (const name of ["watched", "looked"]) rmSync(at(name), { force: true });
    writeFileSync(at("answered"), "");
    program(
      folder,
      "kubectl",
      `#!/bin/sh
cd "$(dirname "$0")"
case "$*" in
  *--watch*) echo >> watched; ${watch} ;;
  get*) echo >> looked; cat pending ;;
  certificate*) echo "$2 $4" >> answered ;;
esac
`,
    );
    const script = approverIn(folder, values);
    const child = spawn("bash", [script, "--watch"], { stdio: "ignore", detached: true });
    try {
      await until("the approver has done it", isDone);
    } finally {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }
  }

  it("answers a request that comes", () =>
    whileWatching("echo csr-0; exec sleep 60", { interval: 3600 }, () => lines("answered") > 0));

  it("looks once for requests that come together", async () => {
    const many = "for each in 1 2 3 4 5 6 7 8 9; do echo csr-$each; done; sleep 3; echo > late; exec sleep 60";
    rmSync(at("late"), { force: true });
    await whileWatching(many, { interval: 3600 }, () => lines("late") > 0 && lines("looked") > 0);
    // A busy machine may deliver them in two or three parts.
    expect(lines("looked")).to.be.below(4);
  });

  it("looks after the interval if the watch tells nothing", () =>
    whileWatching("exec sleep 60", { interval: 1 }, () => lines("answered") > 0));

  it("watches again after the API ended the watch", () =>
    whileWatching("exit 1", { interval: 3600 }, () => lines("watched") > 1));
});
