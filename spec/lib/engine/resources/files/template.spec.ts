import { mkdirSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { template } from "kubeplay";
import { temporaryFolder } from "../../temporary.ts";
import { asked, subject } from "../one-resource.ts";

describe("the resource template", () => {
  const role = temporaryFolder();
  before(() => {
    mkdirSync(`${role}/templates`);
    writeFileSync(`${role}/templates/a.hbs`, "port {{port}}\n");
  });
  const task = (values: object) =>
    template("Write it", { src: "a.hbs", dest: "/etc/a", values, mode: 0o600, validate: "a -t %s" });

  it("is rendered from the role's templates, once for differences, steps and forecast", () => {
    const written = subject(task({ port: 1 }), role);
    const now = { path: { type: "absent" } };
    expect(asked(written)).to.deep.equal(["path /etc/a"]);
    expect(written.diff(now)).to.deep.equal([{ what: "content", before: undefined, after: "port 1\n" }]);
    writeFileSync(`${role}/templates/a.hbs`, "changed meanwhile\n");
    expect(written.steps(now)).to.deep.equal([
      { upload: "port 1\n", to: "/etc/a", mode: 0o600, replaces: "absent", validate: "a -t %s" },
    ]);
    expect(written.diff(written.forecast(now))).to.deep.equal([]);
  });

  it("names the template if a value is missing", () => {
    writeFileSync(`${role}/templates/a.hbs`, "port {{prot}}\n");
    expect(() => subject(task({ port: 1 }), role).diff({ path: { type: "absent" } })).to.throw("a.hbs");
  });

  it("is removed without its template", () => {
    const gone = subject(template("Remove it", { dest: "/etc/a", state: "absent" }), role);
    const there = { path: { type: "file", mode: 0o644 } };
    expect(gone.steps(there)).to.deep.equal(["kubeplay_enter '/etc' && rm -f -- ./'a'"]);
    expect(gone.diff(gone.forecast(there))).to.deep.equal([]);
    expect(() => subject(template("x", { dest: "/etc/a" }), role)).to.throw("/etc/a: a template requires src");
  });
});
