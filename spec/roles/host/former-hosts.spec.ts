import { expect } from "chai";
import { formerHosts, withoutNames } from "#roles/host/former-hosts.ts";
import { withNames } from "#roles/host/hosts-file.ts";
import { subject } from "../../lib/engine/resources/one-resource.ts";

const known = [
  { name: "cp-1", address: "192.0.2.11" },
  { name: "w-1", address: "192.0.2.21" },
];
const p = { known, own: "cp-1" };
const before = "127.0.0.1 localhost\n127.0.1.1 cp-1.example.org cp-1\n# mine\n";

describe("/etc/hosts of a host that is reset", () => {
  it("is as its record says", () => {
    expect(withNames(before, p)).to.not.equal(before);
    expect(withoutNames(withNames(before, p), before, p)).to.equal(before);
    expect(withoutNames(before, before, p)).to.equal(before);
  });

  it("keeps the lines that others added since", () => {
    const now = `${withNames(before, p)}203.0.113.9 store\n`;
    expect(withoutNames(now, before, p)).to.equal(`${before}203.0.113.9 store\n`);
  });

  it("keeps a line that was there before kubeplay wrote the same one", () => {
    const own = `${before}192.0.2.21 w-1\n`;
    expect(withoutNames(withNames(own, p), own, p)).to.equal(own);
  });

  it("loses kubeplay's lines only, if there is no record", () => {
    const now = "127.0.0.1 localhost\n192.0.2.11 cp-1.example.org cp-1\n192.0.2.21 w-1\n";
    expect(withoutNames(now, undefined, p)).to.equal("127.0.0.1 localhost\n192.0.2.11 cp-1.example.org cp-1\n");
  });

  it("is no change once it is so, and foretold", () => {
    const task = subject(formerHosts("x", { ...p, inPlace: false }));
    const path = { type: "file", mode: 0o644, owner: "root", group: "root" };
    expect(task.diff({ path, text: before, record: before })).to.deep.equal([]);
    const now = { path, text: withNames(before, p), record: before };
    expect(task.diff(now).map(({ what }) => what)).to.deep.equal(["names"]);
    expect(task.forecast(now).text).to.equal(before);
    expect(task.diff({ path: { type: "absent" }, text: undefined, record: undefined })).to.deep.equal([]);
  });
});
