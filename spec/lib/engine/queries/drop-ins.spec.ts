import { expect } from "chai";
import { dropIns, unitSettings } from "#engine/queries/drop-ins.ts";
import { ask } from "./ask.ts";
import { parse } from "./parse.ts";

describe("the query drop-ins", () => {
  it("returns what each drop-in of a unit sets", () => {
    const file = "/etc/systemd/system/a.service.d/x.conf";
    const other = "/run/systemd/system/b.service.d/x.conf\0[Service]\n/run/systemd/system/b.service.d/x.conf\0Nice=1\n";
    const answer = `${file}\0[Service]\n${file}\0Nice=1\n${other}`;
    expect(parse(dropIns("a"), answer)).to.deep.equal([{ file, settings: [{ name: "Service.Nice", value: "1" }] }]);
    expect(parse(dropIns("c"), answer)).to.deep.equal([]);
  });

  it("asks the files of this machine", async () => {
    expect(await ask([dropIns("no-such-unit"), dropIns("neither@.timer")])).to.deep.equal([[], []]);
  });

  it("reads settings as systemd does: comments, continued lines, spaces", () => {
    const text = "# A=1\n; B=2\n[Unit]\nAfter=\n[Service]\nExecStart = /bin/a \\\n  C=3\nEnvironment=D=4\n";
    expect(unitSettings(text)).to.deep.equal([
      { name: "Unit.After", value: "" },
      { name: "Service.ExecStart", value: "/bin/a    C=3" },
      { name: "Service.Environment", value: "D=4" },
    ]);
  });

  it("takes brackets in a value for no section, and spaces after a section's brackets for none of its name", () => {
    expect(unitSettings("[Service] \nExecStart=/bin/a [b]\nNice=1\n")).to.deep.equal([
      { name: "Service.ExecStart", value: "/bin/a [b]" },
      { name: "Service.Nice", value: "1" },
    ]);
  });
});
