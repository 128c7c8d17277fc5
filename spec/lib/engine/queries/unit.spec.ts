import { existsSync } from "node:fs";
import { expect } from "chai";
import { unit, unitName, type UnitState } from "#engine/queries/unit.ts";
import { ask } from "./ask.ts";
import { needs } from "../needs.ts";

const parse = (answer: string, names: readonly string[]): readonly (UnitState | undefined)[] => {
  const { of } = unit("a");
  if (!("parse" in of)) throw new Error("asked of a host");
  const states = of.parse(answer, names);
  return names.map((name) => states.get(name) as UnitState | undefined);
};

const block = (values: Readonly<Record<string, string>>): string =>
  Object.entries({ LoadState: "loaded", ActiveState: "active", Job: "", ...values })
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");

describe("the query unit", () => {
  it("assigns the blocks in the order of the names, even if a unit's Id is another name", () => {
    const answer = [
      block({ Id: "dbus-broker.service", UnitFileState: "enabled", FragmentPath: "/lib/d.service", SourcePath: "" }),
      "Id=none.service\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\nJob=12\nNeedDaemonReload=no\n",
      "Id=old.service\nLoadState=masked\nActiveState=failed\nUnitFileState=masked\nNeedDaemonReload=yes\n",
    ].join("\n");
    const rest = { atBoot: false, file: "", source: "", restarts: 0, job: false, needsReload: false };
    expect(parse(`${answer}\0\0`, ["dbus.service", "none.service", "old.service"])).to.deep.equal([
      {
        ...{ ...rest, id: "dbus-broker.service", load: "loaded", active: "active" },
        ...{ enablement: "enabled", atBoot: true, file: "/lib/d.service" },
      },
      { ...rest, id: "none.service", load: "not-found", active: "inactive", enablement: "", job: true },
      {
        ...{ ...rest, id: "old.service", load: "masked", active: "failed" },
        ...{ enablement: "masked", needsReload: true },
      },
    ]);
  });

  it("says what starts at boot: what is enabled for good, and what has no say in it but is wanted", () => {
    const starts = (enablement: string, wanted: boolean): boolean | undefined =>
      parse(block({ UnitFileState: enablement, WantedBy: wanted ? "multi-user.target" : "" }), ["a.service"])[0]
        ?.atBoot;
    for (const word of ["static", "indirect", "generated", "linked"])
      expect([starts(word, true), starts(word, false)], word).to.deep.equal([true, false]);
    for (const word of ["disabled", "enabled-runtime", "linked-runtime", "transient", "masked", "bad", ""])
      expect(starts(word, true), word).to.be.false;
    expect(starts("enabled", false), "as of a target that is not loaded").to.be.true;
    const required = block({ UnitFileState: "generated", RequiredBy: "local-fs.target" });
    expect(parse(required, ["a.mount"])[0]?.atBoot).to.be.true;
  });

  it("counts the restarts of the last minute", () => {
    const units = ["a.service", "b.service"].map((Id) => block({ Id })).join("\n");
    const [a, b] = parse(`${units}\0a.service\nother.service\na.service\n\0`, ["a.service", "b.service"]);
    expect([a?.restarts, b?.restarts]).to.deep.equal([2, 0]);
  });

  it("takes a template for outdated if one of its instances is", () => {
    const instances = (id: string) => `\0\0Id=${id}\nNeedDaemonReload=yes\n\nId=echo@b.service\nNeedDaemonReload=no\n`;
    const template = (answer: string) => parse(answer, ["echo@.service"])[0];
    const found = block({ Id: "echo@kubeplay.service", NeedDaemonReload: "no" });
    expect(template(found + instances("echo@a.service"))).to.include({ id: "echo@.service", needsReload: true });
    expect(template(found + instances("echo@a.timer"))).to.include({ needsReload: false });
    expect(template(`${found}\0\0`)).to.include({ load: "loaded", needsReload: false });
  });

  it("shows systemd's own message if it does not answer", () => {
    const refusal = "System has not been booted with systemd as init system (PID 1). Can't operate.";
    expect(() => parse(refusal, ["a.service"])).to.throw(`systemd did not answer: ${refusal}`);
  });

  it("treats a name without a suffix as a service", () => {
    expect(["kubelet", "containerd.service", "a.b", "backup.timer", "var-lib.mount"].map(unitName)).to.deep.equal([
      "kubelet.service",
      "containerd.service",
      "a.b.service",
      "backup.timer",
      "var-lib.mount",
    ]);
  });

  it("refuses names that systemctl would take for something else", () => {
    for (const name of ["", "a b", "a*", "[ab]", "/etc", "é", "a\nb", "$(id)", "@.service", "a".repeat(250)])
      expect(() => unit(name), name).to.throw("is not the name of a unit");
    for (const name of ["-.mount", String.raw`mnt-x\x20y.mount`, "echo@", "user@1000", "a:b_c.d"])
      expect(() => unit(name), name).not.to.throw();
  });

  it("asks the systemd of this machine", async function () {
    needs(this, "systemd as process 1", existsSync("/run/systemd/system"));
    const [target, none] = await ask([unit("sysinit.target"), unit("no-such-unit")]);
    expect(target).to.include({ load: "loaded", active: "active" });
    expect(none).to.include({ load: "not-found", active: "inactive" });
  });
});
