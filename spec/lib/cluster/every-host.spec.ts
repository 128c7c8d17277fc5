import { expect } from "chai";
import { hostHas } from "#cluster/every-host.ts";
import { subject } from "../engine/resources/one-resource.ts";

describe("the report of a host", () => {
  const files = { "/etc/ca.crt": "/c/ca.crt", "/etc/b": "/c/b" };
  const reportOf = (...mayLack: readonly string[]) => subject(hostHas("Report", { host: "m-1", files, mayLack }));
  const report = reportOf();
  const file = (sha256: string) => ({ type: "file", sha256 });
  const now = (there: object, here: object | undefined = { sha256: "a" }) => ({
    "on host /etc/ca.crt": there,
    "original of /etc/ca.crt": here,
    "on host /etc/b": file("b"),
    "original of /etc/b": { sha256: "b" },
  });

  it("is made once all its files are those of the controller", () => {
    expect(report.diff(now(file("a")))).to.deep.equal([]);
    for (const [there, here] of [
      [file("old")],
      [{ type: "directory" }],
      [{ type: "absent" }],
      [file("a"), { sha256: "c" }],
    ] as const)
      expect(() => report.diff(now(there, here))).to.throw("/etc/ca.crt is not what /c/ca.crt is on the controller");
    expect(() => report.diff({ ...now(file("a")), "original of /etc/ca.crt": undefined })).to.throw(
      "/etc/ca.crt is not",
    );
  });

  it("lacks only files of a program that the host may not run", () =>
    expect(reportOf("/etc/ca.crt").diff(now({ type: "absent" }))).to.deep.equal([]));
});
