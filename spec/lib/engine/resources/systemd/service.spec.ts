import { expect } from "chai";
import { service } from "kubeplay";
import type { UnitState } from "#engine/queries/unit.ts";
import { apiToCome } from "#kubernetes/api/api-to-come.ts";
import { effect } from "#engine/tasks/resource.ts";
import { notFound, running, stopped } from "../../unit-states.ts";
import { asked, subject } from "../one-resource.ts";

describe("the resource service", () => {
  const unmask = "systemctl unmask -- 'a.service' && systemctl unmask --runtime -- 'a.service'";
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
    expect(up.diff({ now: { ...running, active: "inactive", job: true } })).to.deep.equal([]);
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

  const at = (enablement: string, more: Partial<UnitState> = {}) => ({ now: { ...stopped, enablement, ...more } });
  const asWanted = (enabled: boolean) => subject(service("s", { name: "a", enabled }));
  const change = (after: boolean) => [{ what: "enabled", before: !after, after }];

  describe("that must start at boot", () => {
    const must = asWanted(true);

    for (const enablement of ["disabled", "linked", "linked-runtime", "enabled-runtime", ""])
      it(`is enabled if systemd calls it ${enablement || "nothing"}`, () => {
        expect(must.diff(at(enablement))).to.deep.equal(change(true));
        expect(must.forecast(at(enablement)).now).to.include({ enablement: "enabled", atBoot: true });
      });

    it("is enabled if it is a script without links in /etc/rc2.d, and stays generated", () => {
      const script = at("generated", { source: "/etc/init.d/a" });
      expect(must.diff(script)).to.deep.equal(change(true));
      expect(must.forecast(script).now).to.include({ enablement: "generated", atBoot: true });
    });

    for (const enablement of ["enabled", "static", "indirect", "generated"])
      it(`needs nothing if it is ${enablement} and other units want it`, () => {
        expect(must.diff(at(enablement, { atBoot: true }))).to.deep.equal([]);
      });

    it("is enabled by its own name if the given name is an alias", () => {
      const [enable] = must.steps(at("disabled", { id: "real.service" }));
      expect(enable).to.equal("systemctl enable --no-reload -- 'real.service'");
    });

    for (const [enablement, more, reason] of [
      ["static", {}, "has no [Install] section"],
      ["indirect", {}, "has an [Install] section that names only other units (Also=)"],
      ["generated", { source: "/etc/fstab" }, "is made of /etc/fstab at boot: change that"],
      ["transient", {}, "was made by a program, and is gone after a boot"],
      ["bad", { file: "/etc/systemd/system/a.service" }, "has an invalid unit file /etc/systemd/system/a.service"],
    ] as const)
      it(`is an error if it is ${enablement}`, () => {
        expect(() => must.diff(at(enablement, more))).to.throw(`a.service ${reason}`);
      });
  });

  describe("that must not start at boot", () => {
    const mustNot = asWanted(false);

    for (const enablement of ["disabled", "linked", "static", "indirect", "enabled-runtime", "transient", "masked"])
      it(`needs nothing if it is ${enablement}`, () => {
        expect(mustNot.diff(at(enablement))).to.deep.equal([]);
      });

    it("is disabled if it is enabled, also by a script's links", () => {
      expect(mustNot.diff(at("enabled", { atBoot: true }))).to.deep.equal(change(false));
      const script = { atBoot: true, source: "/etc/init.d/a" };
      expect(mustNot.diff(at("generated", script))).to.deep.equal(change(false));
    });

    it("is an error if something else starts it", () => {
      const atBoot = true;
      expect(() => mustNot.diff(at("static", { atBoot }))).to.throw("a.service is started at boot by other units");
      expect(() => mustNot.diff(at("generated", { atBoot, source: "/etc/fstab" }))).to.throw("is made of /etc/fstab");
    });
  });

  it("is masked for good if it is masked until the next boot, and unmasked from both", () => {
    const now = at("masked-runtime", { load: "masked" });
    expect(subject(service("s", { name: "a", masked: true })).diff(now)).to.deep.equal([
      { what: "masked", before: "until the next boot", after: true },
    ]);
    expect(subject(service("s", { name: "a", masked: false })).steps(now)[0]).to.equal(unmask);
  });

  it("cannot be masked if its own file has the place of the mask", () => {
    const masked = subject(service("Mask it", { name: "a", masked: true }));
    expect(() => masked.diff(at("disabled", { file: "/etc/systemd/system/a.service" }))).to.throw(
      "a.service cannot be masked, as the mask would take the place of its file /etc/systemd/system/a.service",
    );
  });

  it("is refused as a template, and with a name that no unit has", () => {
    for (const [name, message] of [
      ["echo@.service", "echo@.service is a template, expected an instance such as echo@NAME.service"],
      ["a b", '"a b" is not the name of a unit'],
      ["a*", '"a*" is not the name of a unit'],
      ["/mnt/data", "systemd-escape --path --suffix=mount"],
    ] as const)
      expect(() => subject(service("s", { name, state: "started" })), name).to.throw(message);
  });

  it("is failed, not merely stopped, if it must run", () => {
    expect(up.diff({ now: { ...running, active: "failed" } })).to.deep.equal([
      { what: "state", before: "failed", after: "started" },
    ]);
    const down = subject(service("Stop it", { name: "a", state: "stopped" }));
    expect(down.diff({ now: { ...running, active: "failed" } })).to.deep.equal([]);
  });

  it("is reported if systemd restarts it again and again", () => {
    const warnings = (restarts: number, state: "started" | "stopped") => {
      const { does, props } = service("s", { name: "a", state });
      return "resource" in does ? does.resource.warnings?.({ now: { ...running, restarts } }, props) : undefined;
    };
    expect(warnings(12, "started")?.[0]).to.include("a.service does not stay up: systemd restarted it 12 times");
    expect([warnings(2, "started"), warnings(12, "stopped")]).to.deep.equal([[], []]);
  });

  it("is masked, which stops it, and unmasked", () => {
    const masked = subject(service("Mask it", { name: "a", masked: true }));
    expect(masked.diff({ now: running }).map(({ what }) => what)).to.deep.equal(["masked", "state"]);
    expect(masked.steps({ now: running })[0]).to.equal("systemctl mask -- 'a.service'");
    expect(masked.diff(masked.forecast({ now: running }))).to.deep.equal([]);
    const free = subject(service("Unmask it", { name: "a", masked: false, state: "started" }));
    const now = { ...stopped, load: "masked", enablement: "masked" };
    expect(free.steps({ now })[0]).to.equal(unmask);
    expect(free.diff(free.forecast({ now }))).to.deep.equal([]);
  });

  it("is disabled after unmasking if it must not start at boot: a mask hides whether it is enabled", () => {
    const free = subject(service("Unmask it", { name: "a", masked: false, enabled: false }));
    const now = { ...stopped, load: "masked", enablement: "masked" };
    expect(free.steps({ now })).to.deep.equal([
      unmask,
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
