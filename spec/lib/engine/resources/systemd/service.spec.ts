import { expect } from "chai";
import { service } from "kubeplay";
import { apiToCome } from "#kubernetes/api/api-to-come.ts";
import { effect } from "#engine/tasks/resource.ts";
import { asked, subject } from "../one-resource.ts";

const running = {
  load: "loaded",
  active: "active",
  sub: "running",
  enablement: "enabled",
  job: false,
  needsReload: false,
};
const stopped = { ...running, active: "inactive", sub: "dead", enablement: "disabled" };
const notFound = { load: "not-found", active: "inactive", sub: "dead", enablement: "", job: false, needsReload: false };

describe("the resource service", () => {
  const up = subject(service("Start it", { name: "a", state: "started", enabled: true }));

  it("asks systemd by the unit's full name", () => {
    expect(asked(up)).to.deep.equal(["unit a.service"]);
    expect(up.label).to.equal("a.service");
  });

  for (const active of ["active", "reloading", "activating"])
    it(`counts as started while ${active}`, () => {
      expect(up.diff({ now: { ...running, active } })).to.deep.equal([]);
    });

  it("counts as started while its start waits for other units", () => {
    expect(up.diff({ now: { ...running, active: "inactive", sub: "dead", job: true } })).to.deep.equal([]);
  });

  it("is enabled and started, as forecast", () => {
    expect(up.diff({ now: stopped })).to.deep.equal([
      { what: "enabled", before: false, after: true },
      { what: "state", before: "stopped", after: "started" },
    ]);
    const [enable, start, last] = up.steps({ now: stopped });
    expect([enable, last]).to.deep.equal(["systemctl enable --no-reload -- 'a.service'", "systemctl daemon-reload"]);
    expect(start)
      .to.match(/^systemctl start -- 'a.service' \|\| \{/)
      .and.to.contain("journalctl --unit='a.service' --lines=15");
    expect(up.forecast({ now: stopped })).to.deep.equal({ now: running });
  });

  it("is a change before its unit exists: another task may write it", () => {
    expect(up.diff({ now: notFound })).to.have.length(2);
    expect(up.diff(up.forecast({ now: notFound }))).to.deep.equal([]);
  });

  it("resets a failed unit and reads a changed unit file before the start", () => {
    const steps = up.steps({ now: { ...running, active: "failed", needsReload: true } });
    expect(steps.slice(0, 2)).to.deep.equal(["systemctl daemon-reload", "systemctl reset-failed -- 'a.service'"]);
  });

  it("does not wait with noBlock", () => {
    const quick = subject(service("Start it", { name: "a", state: "started", noBlock: true }));
    expect(quick.steps({ now: stopped })[0]).to.match(/^systemctl start --no-block /);
  });

  it("is stopped and disabled, and needs no change if it does not exist", () => {
    const down = subject(service("Stop it", { name: "a", state: "stopped", enabled: false }));
    expect(down.diff({ now: notFound })).to.deep.equal([]);
    expect(down.steps({ now: running })[0]).to.equal("systemctl disable --no-reload -- 'a.service'");
    expect(down.forecast({ now: running })).to.deep.equal({ now: stopped });
  });

  it("cannot be enabled without [Install], nor started while masked", () => {
    expect(() => up.diff({ now: { ...stopped, enablement: "static" } })).to.throw("a.service has no [Install] section");
    expect(() => up.diff({ now: { ...stopped, load: "masked", enablement: "masked" } })).to.throw(
      "a.service is masked",
    );
  });

  it("is masked, which stops it, and unmasked", () => {
    const masked = subject(service("Mask it", { name: "a", masked: true }));
    expect(masked.diff({ now: running }).map(({ what }) => what)).to.deep.equal(["masked", "state"]);
    expect(masked.steps({ now: running })[0]).to.equal("systemctl mask -- 'a.service'");
    expect(masked.diff(masked.forecast({ now: running }))).to.deep.equal([]);
    const free = subject(service("Unmask it", { name: "a", masked: false, state: "started" }));
    const now = { ...stopped, load: "masked", enablement: "masked" };
    expect(free.steps({ now })[0]).to.equal("systemctl unmask -- 'a.service'");
    expect(free.diff(free.forecast({ now }))).to.deep.equal([]);
  });

  it("is disabled after unmasking if it must not start at boot: a mask hides whether it is enabled", () => {
    const free = subject(service("Unmask it", { name: "a", masked: false, enabled: false }));
    const now = { ...stopped, load: "masked", enablement: "masked" };
    expect(free.steps({ now })).to.deep.equal([
      "systemctl unmask -- 'a.service'",
      "systemctl disable --no-reload -- 'a.service'",
      "systemctl daemon-reload",
    ]);
  });

  it("predicts the effects of its start if it starts, and on a host that does not exist yet", () => {
    const { does, props } = service("Start it", {
      name: "a",
      state: "started",
      enabled: true,
      startEffects: [effect(apiToCome("/admin.conf"), true)],
    });
    if (!("resource" in does)) throw new Error("it is an action");
    const { resource } = does;
    const toCome = (...what: string[]) =>
      resource.effects?.(
        props,
        what.map((one) => ({ what: one, before: "stopped", after: "started" })),
      );
    for (const found of [toCome("state", "enabled"), toCome()])
      expect(found).to.deep.include(effect(apiToCome("/admin.conf"), true));
    expect(toCome("enabled")).to.deep.equal(["everything"]);
  });
});
