import { expect } from "chai";
import { failureOf, printedBy, resultOf, type AnsibleCall } from "#engine/ansible/call.ts";
import { differencesOf } from "#engine/ansible/differences.ts";
import { nativeFor } from "#engine/ansible/natives.ts";
import { untyped } from "#engine/ansible/untyped.ts";

const call = (python: string): AnsibleCall => ({
  ...{ name: "a.b.c", digest: "0", args: {}, environment: {}, secret: false, check: true },
  python,
});
const line = (stdout: string) => JSON.stringify({ code: 0, stdout, stderr: "" });

describe("what calls of Ansible modules print", () => {
  it("is given to each call, also if they have several Pythons", () => {
    const calls = [call("python3"), call("python2"), call("python3")];
    const stdout = [line("first"), line("third"), '{"missing":true}', ""].join("\n");
    expect(printedBy(stdout, calls).map((one) => ("missing" in one ? "missing" : one.stdout))).to.deep.equal([
      ...["first", "missing", "third"],
    ]);
  });

  it("is refused if there is less or more of it than calls", () => {
    for (const stdout of ["", line("a"), [line("a"), line("b"), line("c")].join("\n")])
      expect(() => printedBy(stdout, [call("python3"), call("python3")])).to.throw("of 2 calls");
  });

  const result = (stdout: string) => resultOf({ code: 3, stdout, stderr: "Traceback\nlast" }, call("python3"));

  it("is a result without its arguments, whatever the module prints around it", () => {
    for (const text of [
      '\n{"changed": true, "n": 1, "invocation": {"module_args": {"p": "x"}}}\n',
      'warning: {x}\n{"changed": true, "n": 1}\nbye {y}',
      'noise{"changed": true,\n"n": 1}noise',
    ])
      expect(result(text)).to.deep.equal({ changed: true, n: 1 });
    expect(result("{}")).to.deep.equal({ changed: false });
  });

  it("is an error without a result: with the end of what it said, or the Python that is missing", () => {
    for (const text of ["", "[1]", "null", "{"])
      expect(() => result(text)).to.throw("a.b.c returned no result (exit code 3): Traceback\nlast");
    expect(() => resultOf({ missing: true }, call("/opt/python"))).to.throw("the host has no /opt/python");
  });

  it("is plain JSON, although ansible-core 2.19 gives values types", () => {
    const event = { msg: "outer", chain: { event: { msg: "inner" } } };
    expect(
      untyped({
        warnings: [{ __ansible_type: "WarningSummary", event }],
        text: { __ansible_type: "_AnsibleTaggedStr", value: "x", tags: [] },
        at: { __ansible_type: "datetime", iso8601: "2026-01-01" },
        plain: [1, null, { a: true }],
      }),
    ).to.deep.equal({ warnings: ["outer: inner"], text: "x", at: "2026-01-01", plain: [1, null, { a: true }] });
  });

  it("is a failure with the module's message, its error, or neither", () => {
    expect(failureOf({ changed: false, failed: true, msg: "no" })).to.equal("no");
    expect(failureOf({ changed: false, failed: true, exception: "boom" })).to.equal("boom");
    expect(failureOf({ changed: false, failed: true })).to.equal("it says nothing of why it failed");
    expect(failureOf({ changed: true, msg: "no" })).to.equal(undefined);
  });

  it("has at least one difference, by field or by text", () => {
    const found = (diff: unknown, msg?: string) => differencesOf({ changed: true, diff, ...(msg && { msg }) });
    expect(found(undefined, "added")).to.deep.equal([{ what: "state", before: undefined, after: "added" }]);
    expect(found({ before: { a: 1, b: [2] }, after: { a: 3, b: [2], c: 4 } })).to.deep.equal([
      { what: "a", before: 1, after: 3 },
      { what: "c", before: undefined, after: 4 },
    ]);
    expect(
      found([
        { before: "x\n", after: "y\n", after_header: "/f" },
        { before: "same", after: "same" },
        { prepared: "+z" },
      ]),
    ).to.deep.equal([
      { what: "/f", before: "x\n", after: "y\n" },
      { what: "content", before: undefined, after: "+z" },
    ]);
    expect(found([{ before_header: "/f", after_header: "/f" }])).to.have.length(1);
  });

  it("has a resource in its place for modules of the usual collections only", () => {
    expect(nativeFor("ansible.posix.mount")).to.equal("mount");
    expect(nativeFor("lineinfile")).to.equal("line");
    expect(nativeFor("netapp.ontap.mount")).to.equal(undefined);
    expect(nativeFor("toString")).to.equal(undefined);
  });
});
