import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { formerPackages } from "#roles/host/former-packages.ts";
import { parse } from "../../lib/engine/queries/parse.ts";
import { subject } from "../../lib/engine/resources/one-resource.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";

const script = readFileSync("roles/host/files/former-packages.sh", "utf8");

describe("the packages of a host that is reset", () => {
  const folder = temporaryFolder();
  const record = path.join(folder, "packages");
  /** What the script prints on this machine, which must be a Debian. */
  const printed = (...names: readonly string[]): string[] =>
    execFileSync("sh", ["-c", script], { encoding: "utf8", env: { ...process.env, names: names.join(" "), record } })
      .split("\n")
      .filter((line) => line !== "");
  const installed = (): string[] =>
    execFileSync("dpkg-query", ["--show", "--showformat", "${Package}\n"], { encoding: "utf8" }).trim().split("\n");

  before(function () {
    try {
      execFileSync("apt-get", ["--version"]);
    } catch {
      this.skip();
    }
  });

  it("stay without a record, and those that kubeplay may have installed are named", () => {
    expect(printed("dpkg", "no-such-package")).to.deep.equal(["-", "dpkg"]);
  });

  it("stay if the host had them", () => {
    writeFileSync(record, `${installed().join("\n")}\n`);
    expect(printed("dpkg", "coreutils", "no-such-package")).to.deep.equal([]);
  });

  it("go if the host did not have them, with nothing that it had", function () {
    // Programs that few packages need.
    const found = ["mmdebstrap", "tree", "nano", "less", "strace", "git"].find((name) => {
      if (!installed().includes(name)) return false;
      writeFileSync(
        record,
        `${installed()
          .filter((one) => one !== name)
          .join("\n")}\n`,
      );
      return printed(name).length > 0;
    });
    if (found === undefined) this.skip();
    expect(printed(found)).to.deep.equal([found]);
  });

  it("are removed by name, and named in a warning without a record", () => {
    const task = subject(formerPackages("x", { names: ["runc", "nginx", "runc"] }));
    const since = task.needs.since!;
    expect(since.key).to.equal("nginx runc");
    const recorded = parse(since, "nginx\nnginx-common\n.\n") as object;
    expect(recorded).to.deep.equal({ recorded: true, names: ["nginx", "nginx-common"] });
    expect(task.diff({ since: recorded }).map(({ what }) => what)).to.deep.equal(["nginx", "nginx-common"]);
    const none = parse(since, "-\nnginx\n.\n") as object;
    expect(task.diff({ since: none })).to.deep.equal([]);
    expect(task.warnings({ since: none })).to.have.length(1);
    expect(task.warnings({ since: none })[0]).to.contain("these stay: nginx");
    expect(task.diff(task.forecast({ since: recorded }))).to.deep.equal([]);
  });
});
