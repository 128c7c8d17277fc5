import { expect } from "chai";
import { debconf } from "kubeplay";
import { asked, subject } from "../one-resource.ts";

describe("the resource debconf", () => {
  const of = (p: object) =>
    subject(debconf("d", { package: "app", question: "app/host", type: "string", value: "a.example", ...p }));
  const now = (more = {}) => ({ now: { type: "string", value: "a.example", seen: true, ...more } });

  it("answers a question that nobody knows yet, by standard input", () => {
    const one = of({});
    expect(asked(one)).to.deep.equal(["debconf app/host"]);
    expect(one.diff({ now: undefined })).to.deep.equal([
      { what: "value", before: undefined, after: "a.example" },
      { what: "answered", before: false, after: true },
    ]);
    expect(one.steps({ now: undefined })).to.deep.equal([
      String.raw`printf '%s\n' 'app app/host string a.example' | DEBIAN_FRONTEND=noninteractive /usr/bin/debconf-set-selections`,
    ]);
    expect(one.diff(one.forecast({ now: undefined }))).to.deep.equal([]);
    expect(one.diff(now({ seen: false })).map(({ what }) => what)).to.deep.equal(["answered"]);
    expect(
      of({ value: "" })
        .diff({ now: undefined })
        .map(({ what }) => what),
    ).to.deep.equal(["value", "answered"]);
  });

  it("compares a password by its digest, and shows nothing of it", () => {
    const one = of({ type: "password", value: "hidden" });
    const [value] = one.diff({ now: undefined });
    expect(value).to.deep.equal({
      what: "value",
      before: undefined,
      after: undefined,
      secret: true,
      desired: "hidden",
    });
    expect(JSON.stringify(one.forecast({ now: undefined }))).to.not.contain("hidden");
    expect(one.diff(one.forecast({ now: undefined }))).to.deep.equal([]);
  });

  it("refuses a question of another type, and values that debconf does not keep", () => {
    expect(() => of({}).diff(now({ type: "select" }))).to.throw("app/host is a select, expected a string");
    for (const value of ["a\nb", " a", "a ", "a\\", "a\0"])
      expect(() => of({ value }), JSON.stringify(value)).to.throw("debconf does not keep");
    expect(() => of({ type: "password", value: "" })).to.throw("an empty password");
    expect(() => of({ package: "a b" })).to.throw("is not the name of a package");
    expect(() => of({ question: "host" })).to.throw("is not a question");
    expect(of({}).problems(now(), { type: "absent" })).to.deep.equal({
      "path /usr/bin/debconf-set-selections": "app/host: there is no /usr/bin/debconf-set-selections",
    });
  });
});
