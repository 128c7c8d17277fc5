import path from "node:path/posix";
import { expect } from "chai";
import { unit, type Task } from "kubeplay";
import { unitSettings, type DropIn } from "#engine/queries/drop-ins.ts";
import { notFound as none } from "../../unit-states.ts";
import { asked, subject } from "../one-resource.ts";

const absent = { type: "absent" };

describe("the resource unit", () => {
  const content = "[Service]\nExecStart=/bin/a\n[Install]\nWantedBy=multi-user.target\n";
  const dest = "/etc/systemd/system/a.service";
  const written = subject(unit("Write it", { name: "a.service", content }));

  it("is written, read again by systemd if it replaces a known unit, and forecast as disabled", () => {
    const now = { file: absent, unit: none };
    expect(asked(written)).to.deep.equal([`path ${dest}`, "unit a.service", "drop-ins a.service"]);
    expect(written.diff(now)).to.deep.equal([{ what: "content", before: undefined, after: content }]);
    const upload = { upload: content, to: dest, mode: 0o644, replaces: "absent" };
    expect(written.steps(now)).to.deep.equal([upload]);
    expect(written.steps({ file: absent, unit: { ...none, load: "loaded" } })).to.deep.equal([
      upload,
      "systemctl daemon-reload",
    ]);
    expect(written.forecast(now).unit).to.deep.equal({
      ...{ ...none, load: "loaded", enablement: "disabled", file: dest },
    });
    expect(written.diff(written.forecast(now))).to.deep.equal([]);
  });

  it("has the mode that is wanted, and is read again after a change of it", () => {
    const closed = subject(unit("Write it", { name: "a.service", content, mode: 0o600 }));
    expect(closed.steps({ file: absent, unit: none })).to.deep.equal([
      { upload: content, to: dest, mode: 0o600, replaces: "absent" },
    ]);
    const { file } = written.forecast({ file: absent, unit: none });
    const now = { file, unit: { ...none, load: "loaded" } };
    expect(closed.diff(now)).to.deep.equal([{ what: "mode", before: "0644", after: "0600" }]);
    expect(closed.diff({ ...now, ...closed.forecast(now) })).to.deep.equal([]);
    expect(() => subject(unit("Write it", { name: "a", content, mode: 600 }))).to.throw("0o1130");
  });

  it("is read again by systemd if it failed before it was removed", () => {
    const steps = written.steps({ file: absent, unit: { ...none, active: "failed" } });
    expect(steps.at(-1)).to.equal("systemctl daemon-reload");
  });

  it("is forecast as static without [Install], and stays enabled if it is enabled", () => {
    const plain = subject(unit("Write it", { name: "a", content: "[Service]\n# [Install] is left out\n" }));
    expect(plain.forecast({ file: absent, unit: none }).unit).to.include({ enablement: "static" });
    expect(written.forecast({ file: absent, unit: { ...none, enablement: "enabled" } }).unit).to.include({
      enablement: "enabled",
    });
  });

  it("is forecast as disabled if [Install] is added, and as static if it is removed", () => {
    const plain = subject(unit("Write it", { name: "a", content: "[Service]\n" }));
    const after = (resource: typeof plain, enablement: string) =>
      (resource.forecast({ file: absent, unit: { ...none, enablement } }).unit as { enablement: string }).enablement;
    expect(after(written, "static")).to.equal("disabled");
    expect(after(plain, "disabled")).to.equal("static");
    expect(after(plain, "enabled"), "by links that stay").to.equal("enabled");
  });

  it("is only read if an earlier run wrote it and systemd has not read it", () => {
    const now = { ...written.forecast({ file: absent, unit: none }), unit: { ...none, needsReload: true } };
    expect(written.diff(now)).to.deep.equal([{ what: "read by systemd", before: false, after: true }]);
    expect(written.steps(now)).to.deep.equal(["systemctl daemon-reload"]);
  });

  it("is written to the folder beside the unit as a drop-in, and the unit is not changed", () => {
    const added = subject(unit("Add to it", { name: "kubelet", dropIn: "10-more", content: "[Service]\n" }));
    const loaded = { ...none, load: "loaded", enablement: "enabled" };
    expect(added.label).to.equal("kubelet.service.d/10-more.conf");
    expect(added.steps({ file: absent, unit: loaded })).to.deep.equal([
      "umask 022 && mkdir -p -- '/etc/systemd/system/kubelet.service.d'",
      {
        upload: "[Service]\n",
        to: "/etc/systemd/system/kubelet.service.d/10-more.conf",
        mode: 0o644,
        replaces: "absent",
      },
      "systemctl daemon-reload",
    ]);
    expect(added.forecast({ file: absent, unit: loaded }).unit).to.deep.equal(loaded);
  });

  it("is forecast as indirect if it only names others, and as static if it names nothing", () => {
    const after = (install: string) =>
      subject(unit("u", { name: "a", content: `[Service]\nExecStart=/bin/a\n[Install]\n${install}\n` })).forecast({
        file: absent,
        unit: none,
      }).unit;
    expect(after("Also=b.service")).to.include({ enablement: "indirect" });
    expect(after("WantedBy=")).to.include({ enablement: "static" });
    expect(after("Also=b.service\nAlias=c.service")).to.include({ enablement: "disabled" });
  });

  it("can be a template, and is refused with a name that no unit or drop-in has", () => {
    expect(subject(unit("u", { name: "echo@", content })).label).to.equal("echo@.service");
    expect(() => subject(unit("u", { name: "../passwd", content }))).to.throw('"../passwd" is not the name of a unit');
    expect(() => subject(unit("u", { name: "a", dropIn: "../b", content }))).to.throw(
      '"../b" is not the name of a drop-in',
    );
  });

  describe("with drop-ins of others", () => {
    const warnings = (task: Task, ...dropIns: readonly DropIn[]) =>
      "resource" in task.does ? task.does.resource.warnings?.({ dropIns }, task.props) : undefined;
    const dropIn = (file: string, text: string): DropIn => ({
      file: `/etc/systemd/system/a.service.d/${file}`,
      settings: unitSettings(text),
    });

    it("reports each that sets otherwise what it sets", () => {
      const override = dropIn("override.conf", "[Service]\nExecStart=\nExecStart=/bin/b\nNice=5\n");
      expect(warnings(unit("u", { name: "a", content }), override)).to.deep.equal([
        "/etc/systemd/system/a.service.d/override.conf is read later and sets Service.ExecStart differently",
      ]);
    });

    it("is silent about those that add to it", () => {
      const task = unit("u", { name: "a", content: "[Unit]\nAfter=x\n[Service]\nNice=1\nEnvironment=A=1\n" });
      const more = dropIn("more.conf", "[Unit]\nAfter=y\n[Service]\nNice = 1\nEnvironment=B=2\nCPUWeight=9\n");
      expect(warnings(task, more)).to.deep.equal([]);
      expect(warnings(unit("u", { name: "a", state: "absent" }), more)).to.deep.equal([]);
    });

    it("counts only later ones if it is a drop-in itself", () => {
      const task = unit("u", { name: "a", dropIn: "50-own", content: "[Service]\nNice=1\n" });
      const nice = (file: string) => dropIn(file, "[Service]\nNice=2\n");
      expect(warnings(task, nice("10-a.conf"), nice("50-own.conf"), nice("60-b.conf"))).to.have.length(1);
    });
  });

  it("is removed", () => {
    const gone = subject(unit("Remove it", { name: "a", state: "absent" }));
    const now = {
      file: { type: "file", mode: 0o644 },
      unit: { ...none, load: "loaded", enablement: "disabled", file: dest },
    };
    expect(gone.steps(now)).to.deep.equal([
      `kubeplay_enter '${path.dirname(dest)}' && rm -f -- ./'${path.basename(dest)}'`,
      "systemctl daemon-reload",
    ]);
    expect(gone.forecast(now)).to.deep.equal({ file: absent, unit: none });
    expect(gone.diff(gone.forecast(now))).to.deep.equal([]);
  });
});
