import { existsSync } from "node:fs";
import { expect } from "chai";
import { unit, unitName, type UnitState } from "#engine/queries/unit.ts";
import { ask } from "./ask.ts";
import { needs } from "../needs.ts";

const parse = (answer: string, names: readonly string[]): readonly (UnitState | undefined)[] => {
  const { of } = unit("a");
  if (!("parse" in of)) throw new Error("asked of a host");
  const states = of.parse(answer, names);
  return names.map((name) => states.get(name));
};

describe("the query unit", () => {
  it("assigns the blocks in the order of the names, even if a unit's Id is another name", () => {
    const answer = [
      "Id=dbus-broker.service\nLoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nJob=\nNeedDaemonReload=no\n",
      "Id=none.service\nLoadState=not-found\nActiveState=inactive\nSubState=dead\nUnitFileState=\nJob=12\nNeedDaemonReload=no\n",
      "Id=old.service\nLoadState=masked\nActiveState=failed\nSubState=failed\nUnitFileState=masked\nNeedDaemonReload=yes\n",
    ].join("\n");
    expect(parse(answer, ["dbus.service", "none.service", "old.service"])).to.deep.equal([
      {
        load: "loaded",
        active: "active",
        sub: "running",
        enablement: "enabled",
        job: false,
        needsReload: false,
      },
      { load: "not-found", active: "inactive", sub: "dead", enablement: "", job: true, needsReload: false },
      { load: "masked", active: "failed", sub: "failed", enablement: "masked", job: false, needsReload: true },
    ]);
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

  it("asks the systemd of this machine", async function () {
    needs(this, "systemd as process 1", existsSync("/run/systemd/system"));
    const [target, none] = await ask([unit("sysinit.target"), unit("no-such-unit")]);
    expect(target).to.include({ load: "loaded", active: "active" });
    expect(none).to.include({ load: "not-found", active: "inactive" });
  });
});
