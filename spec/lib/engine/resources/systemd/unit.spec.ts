import { expect } from "chai";
import { unit } from "kubeplay";
import { asked, subject } from "../one-resource.ts";

const none = { load: "not-found", active: "inactive", sub: "dead", enablement: "", job: false, needsReload: false };
const absent = { type: "absent" };

describe("the resource unit", () => {
  const content = "[Service]\nExecStart=/bin/a\n[Install]\nWantedBy=multi-user.target\n";
  const dest = "/etc/systemd/system/a.service";
  const written = subject(unit("Write it", { name: "a.service", content }));

  it("is written, read again by systemd if it replaces a known unit, and forecast as disabled", () => {
    const now = { file: absent, unit: none };
    expect(asked(written)).to.deep.equal([`path ${dest}`, "unit a.service"]);
    expect(written.diff(now)).to.deep.equal([{ what: "content", before: undefined, after: content }]);
    const upload = { upload: content, to: dest, mode: 0o644 };
    expect(written.steps(now)).to.deep.equal([upload]);
    expect(written.steps({ file: absent, unit: { ...none, load: "loaded" } })).to.deep.equal([
      upload,
      "systemctl daemon-reload",
    ]);
    expect(written.forecast(now).unit).to.deep.equal({ ...none, load: "loaded", enablement: "disabled" });
    expect(written.diff(written.forecast(now))).to.deep.equal([]);
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
      { upload: "[Service]\n", to: "/etc/systemd/system/kubelet.service.d/10-more.conf", mode: 0o644 },
      "systemctl daemon-reload",
    ]);
    expect(added.forecast({ file: absent, unit: loaded }).unit).to.deep.equal(loaded);
  });

  it("is removed", () => {
    const gone = subject(unit("Remove it", { name: "a", state: "absent" }));
    const now = {
      file: { type: "file", mode: 0o644 },
      unit: { ...none, load: "loaded", enablement: "disabled" },
    };
    expect(gone.steps(now)).to.deep.equal([`rm -f -- '${dest}'`, "systemctl daemon-reload"]);
    expect(gone.forecast(now)).to.deep.equal({ file: absent, unit: none });
    expect(gone.diff(gone.forecast(now))).to.deep.equal([]);
  });
});
