import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { deprecatedIn } from "#cluster/deprecated-apis.ts";
import { deprecatedApisInUse, flagsKnown } from "#roles/upgrade/deprecated.ts";
import { asked, subject } from "../../lib/engine/resources/one-resource.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";

const metric = (labels: string, count = 1) => `apiserver_requested_deprecated_apis{${labels}} ${String(count)}`;

describe("deprecated APIs before an upgrade", () => {
  const found = deprecatedIn(
    [
      metric('group="flow.k8s.io",removed_release="1.37",resource="flowschemas",subresource="",version="v1beta3"'),
      metric('group="",removed_release="1.40",resource="things",subresource="",version="v1"'),
      metric('group="",removed_release="",resource="endpoints",subresource="",version="v1"'),
      metric('group="",removed_release="1.37",resource="unused",subresource="",version="v1"', 0),
    ].join("\n"),
  );
  const warnings = (version: string, apis: readonly unknown[] | undefined) =>
    subject(deprecatedApisInUse("Look", { kubeconfig: "k", servers: [], version })).warnings({ found: apis });

  it("are named, and those that the new release does not have as such", () => {
    const [gone = "", later = "", ever = "", ...more] = warnings("1.37.2", found);
    expect(gone).to.contain("flowschemas of flow.k8s.io/v1beta3 does not exist any more in Kubernetes 1.37");
    expect(later).to.contain("things of v1 is deprecated, and Kubernetes 1.40 removes it");
    expect(ever).to.contain("endpoints of v1 is deprecated. The audit log");
    expect(more).to.deep.equal([]);
    expect(warnings("1.36.4", found)[0]).to.contain("Kubernetes 1.37 removes it");
  });

  it("are named once, although several servers name them; none are without a cluster", () => {
    expect(warnings("1.37.2", [...found, ...found])).to.have.length(3);
    expect(warnings("1.37.2", undefined)).to.deep.equal([]);
  });
});

describe("flags before an upgrade", () => {
  const folder = temporaryFolder();
  const program = path.join(folder, "kube-scheduler");
  const props = (staged: string) => ({
    programs: [
      { name: "kube-scheduler", staged, version: "1.38.0", flags: { old: "it's on", "v-module": ["a", "b"] } },
    ],
  });
  /** What the host's shell answers to the question of the resource. */
  const ask = (staged: string) => {
    const checked = subject(flagsKnown("Check", props(staged)));
    const [question = ""] = asked(checked);
    const line = question.replace(/^answer /, "");
    const run = (): { stdout: string; code: number } => {
      try {
        return { stdout: execFileSync("sh", ["-c", line]).toString(), code: 0 };
      } catch (error) {
        const { stdout, status } = error as { stdout: Buffer; status: number };
        return { stdout: stdout.toString(), code: status };
      }
    };
    return { checked, now: { "kube-scheduler": { ...run(), stderr: "" } } };
  };
  const says = (text: string): void => {
    writeFileSync(program, `#!/bin/sh\n${text}\n`);
    chmodSync(program, 0o755);
  };

  it("that the staged program refuses end the run", () => {
    says(
      `[ "$*" = "--old=it's on --v-module=a --v-module=b --version" ] && { echo "Error: unknown flag: --old" >&2; exit 1; }`,
    );
    const { checked, now } = ask(program);
    expect(() => checked.diff(now)).to.throw("kube-scheduler 1.38.0 refuses its flags: Error: unknown flag: --old");
  });

  it("that are deprecated are named", () => {
    says("echo 'Flag --old has been deprecated, use --new instead.' >&2; echo Kubernetes v1.38.0");
    const { checked, now } = ask(program);
    expect(checked.diff(now)).to.deep.equal([]);
    expect(checked.warnings(now)).to.deep.equal(["kube-scheduler 1.38.0: --old is deprecated: use --new instead."]);
  });

  it("are not looked at while nothing is staged", () => {
    const { checked, now } = ask(path.join(folder, "absent"));
    expect(checked.diff(now)).to.deep.equal([]);
    expect(checked.warnings(now)).to.deep.equal([]);
  });
});
