import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { fail, pass, askPerson, type HostControl } from "#programs/cis/control.ts";
import { isFailed, judge, type Verdict } from "#programs/cis/judge.ts";
import { junitOf } from "#programs/cis/junit.ts";
import { metricsOf } from "#programs/cis/metrics.ts";
import { jsonOf, reportOf } from "#programs/cis/report.ts";
import { evidenceOf, rightScene } from "./scene.ts";

const [master] = evidenceOf(rightScene()).masters;
const evidence = () => {
  if (!master) throw new Error("no master");
  const named = (name: string) => ({ ...master, host: { ...master.host, name, groups: ["nodes"] } });
  return { ...evidenceOf(rightScene()), nodes: [master, named("w-1"), named("w-2")] };
};
const control = (given: Partial<HostControl>): HostControl => ({
  number: "9.1.1",
  title: 'a < b & "c"',
  kind: "automated",
  hosts: "nodes",
  remedy: "play site",
  judge: () => pass("good"),
  ...given,
});
const byHost =
  (answers: Record<string, ReturnType<typeof pass>>): HostControl["judge"] =>
  ({ host }) =>
    answers[host.name] ?? pass("0600");
/** Prints each element with its attributes, as JSON. */
const readXml = `import json, sys, xml.etree.ElementTree as tree
print(json.dumps([[one.tag, one.attrib] for one in tree.fromstring(sys.stdin.read().encode()).iter()]))`;

const plain = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/\u001b\[\d+m/g, ""));

describe("the verdict on a control", () => {
  it("is that of the worst host, with the hosts of each value", () => {
    const judged = judge([control({ judge: byHost({ "w-1": fail("0644"), "w-2": fail("0644") }) })], evidence());
    expect(judged.map(({ result, findings }) => [result, findings])).to.deep.equal([
      [
        "fail",
        [
          { result: "fail", value: "0644", hosts: ["w-1", "w-2"] },
          { result: "pass", value: "0600", hosts: ["cp-1"] },
        ],
      ],
    ]);
    expect(plain(reportOf(judged))).to.deep.equal([
      '9.1.1   FAIL    a < b & "c": w-1, w-2: 0644',
      "                cp-1: 0600",
      "                remedy: play site",
      "",
      "automated: 1 control: 1 fail",
      "manual: 0 controls",
    ]);
  });

  it("is a failure for hosts that were not read", () => {
    const host = { name: "w-9", address: "10.0.0.29", groups: ["nodes"] };
    const some = { ...evidence(), unread: [{ host, reason: "no route" }] };
    const [ofNodes, ofMasters] = judge([control({}), control({ hosts: "masters" })], some);
    expect(ofNodes?.findings[0]).to.deep.equal({ result: "fail", value: "not read: no route", hosts: ["w-9"] });
    expect(ofMasters?.result).to.equal("pass");
  });

  it("is a failure if the control fails itself, and the others are judged", () => {
    const broken = control({
      judge: () => {
        throw new Error("oh");
      },
    });
    expect(judge([broken, control({})], evidence()).map(({ result }) => result)).to.deep.equal(["fail", "pass"]);
  });

  it("is no failure of the whole if the control is manual", () => {
    const of = (kind: "manual" | "automated") => judge([control({ kind, judge: () => fail("no") })], evidence());
    expect([isFailed(of("manual")), isFailed(of("automated"))]).to.deep.equal([false, true]);
  });
});

describe("the outputs of cis", () => {
  const verdicts: readonly Verdict[] = judge(
    [
      control({ judge: () => fail("<bad>\u0007&\n]]>") }),
      control({ number: "9.1.2" }),
      control({ number: "9.2.1", kind: "manual", judge: () => askPerson("who?") }),
    ],
    evidence(),
  );

  it("are JUnit that a parser of XML reads", function () {
    const ran = spawnSync("python3", ["-c", readXml], {
      input: junitOf('my "lab"', verdicts).join("\n"),
      encoding: "utf8",
    });
    if (ran.error) this.skip();
    expect(ran.status, ran.stderr).to.equal(0);
    const title = 'a < b & "c"';
    expect(JSON.parse(ran.stdout)).to.deep.equal([
      ["testsuites", { name: 'CIS my "lab"', tests: "3", failures: "1", skipped: "1" }],
      ["testsuite", { name: "9.1", tests: "2", failures: "1", skipped: "0" }],
      ["testcase", { classname: "9.1", name: `9.1.1 ${title}` }],
      ["failure", { message: String.raw`fail: <bad>\x07&\n]]>` }],
      ["testcase", { classname: "9.1", name: `9.1.2 ${title}` }],
      ["testsuite", { name: "9.2", tests: "1", failures: "0", skipped: "1" }],
      ["testcase", { classname: "9.2", name: `9.2.1 ${title}` }],
      ["skipped", { message: "manual: who?" }],
    ]);
  });

  it("are metrics, with 1 for the result", () => {
    const lines = metricsOf("lab", verdicts, new Date("2026-12-01T00:00:00Z"));
    expect(lines).to.include('kubeplay_cis_control{cluster="lab",control="9.1.1",kind="automated",result="fail"} 1');
    expect(lines).to.include('kubeplay_cis_control{cluster="lab",control="9.1.1",kind="automated",result="pass"} 0');
    expect(lines).to.include('kubeplay_cis_timestamp_seconds{cluster="lab"} 1796083200');
    expect(lines.filter((line) => line.endsWith(" 1"))).to.have.length(3);
  });

  it("are JSON with a remedy for what fails", () => {
    expect(jsonOf(verdicts)).to.deep.include({
      number: "9.1.2",
      title: 'a < b & "c"',
      kind: "automated",
      result: "pass",
      findings: [{ result: "pass", value: "good", hosts: ["cp-1", "w-1", "w-2"] }],
    });
  });

  it("cut what is too long for a line at the end of an item", () => {
    const value = Array.from({ length: 100 }, (_, index) => `0600 /etc/pki/${String(index)}.key`).join(", ");
    const [line = ""] = plain(reportOf(judge([control({ judge: () => pass(value) })], evidence())));
    expect(line.length).to.be.below(400);
    expect(line).to.match(/\d\.key, … \(--output json has all\)$/);
  });
});
