import { expect } from "chai";
import { pip } from "kubeplay";
import { unknown } from "#engine/tasks/resource.ts";
import { asked, subject } from "../one-resource.ts";

describe("the resource pip", () => {
  const of = (p: object) => subject(pip("p", { venv: "/opt/app/", names: ["Flask", "requests[socks]==2.0"], ...p }));
  const file = { type: "file", mode: 0o644 } as const;
  const now = (flask?: string, requests?: string) => ({
    ...{ venv: file, "package Flask": flask, "package requests": requests },
  });
  const last = (steps: readonly unknown[]) => (steps[0] as { readonly sh: string }).sh.split(" && ").slice(3);
  const whats = (found: readonly { readonly what: string }[]) => found.map(({ what }) => what);

  it("makes the environment and installs what is missing, by one pip", () => {
    const one = of({});
    expect(asked(one)).to.deep.equal([
      "path /opt/app/pyvenv.cfg",
      "python package flask /opt/app",
      "python package requests /opt/app",
    ]);
    const bare = { ...now(), venv: { type: "absent" } };
    expect(whats(one.diff(bare))).to.deep.equal(["venv", "Flask", "requests[socks]==2.0"]);
    const install = "'/opt/app/bin/python' -m pip --disable-pip-version-check --no-input install --quiet";
    const unquoted = (words: readonly string[]) => words.map((word) => word.replaceAll("'", ""));
    expect(unquoted(last(one.steps(bare)))).to.deep.equal(
      unquoted(["python3 -m venv '/opt/app'", `${install} Flask requests[socks]==2.0`]),
    );
    expect(unquoted(last(one.steps(now("3.0", "1.0"))))).to.deep.equal(unquoted([`${install} requests[socks]==2.0`]));
    expect(one.forecast(bare)).to.deep.equal({ venv: unknown, "package Flask": unknown, "package requests": unknown });
    expect(one.forecast(now("3.0"))).to.include({ "package Flask": "3.0", "package requests": unknown });
  });

  it("takes versions that mean the same for equal", () => {
    for (const same of ["2", "2.0", "2.0.0"]) expect(of({}).diff(now("1", same))).to.deep.equal([]);
    for (const other of ["2.1", "2.0.post1", "20"]) expect(of({}).diff(now("1", other))).to.have.length(1);
  });

  it("removes packages, and makes no environment for that", () => {
    const gone = of({ names: ["flask", "requests"], state: "absent" });
    const bare = { venv: { type: "absent" }, "package flask": undefined, "package requests": undefined };
    expect(gone.diff(bare)).to.deep.equal([]);
    const installed = { venv: file, "package flask": "3", "package requests": undefined };
    expect(last(gone.steps(installed)).join()).to.match(/uninstall --yes --quiet '?flask'?$/);
    expect(gone.diff({ ...installed, ...gone.forecast(installed) })).to.deep.equal([]);
  });

  it("refuses conditions that it does not compare, and what cannot be meant", () => {
    for (const name of ["flask>=2", "flask==2.*", "-r x", "git+https://x", "a b", "flask==1; x", ""])
      expect(() => of({ names: [name] }), name).to.throw("is not a package");
    expect(() => of({ names: ["a.b", "A-B==1"] })).to.throw("a-b is named twice");
    expect(() => of({ names: ["a==1"], state: "absent" })).to.throw("has a version");
    expect(() => of({ timeout: 0 })).to.throw("expected seconds");
    expect(of({}).problems(now(), { type: "absent" })).to.deep.equal({
      "path /opt": "/opt/app: the folder /opt does not exist",
      "path /usr/bin/python3": "/opt/app: there is no /usr/bin/python3",
    });
  });
});
