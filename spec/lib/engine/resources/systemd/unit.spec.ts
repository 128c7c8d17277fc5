import { expect } from "chai";
import { unit } from "#engine/resources/index.ts";
import { asked, subject } from "../one-resource.ts";

const none = { load: "not-found", active: "inactive", sub: "dead", enablement: "", job: false, needsReload: false };
const absent = { type: "absent" };

describe("the resource unit", () => {
  const content = "[Service]\nExecStart=/bin/a\n[Install]\nWantedBy=multi-user.target\n";
  const dest = "/etc/systemd/system/a.service";
  const written = subject(unit("Write it", { name: "a.service", content }));

  it("is written, read by systemd where it knows another, and forecast as a unit that can be enabled", () => {
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

  it("without [Install] is forecast static, and an enabled one stays enabled", () => {
    const plain = subject(unit("Write it", { name: "a", content: "[Service]\n# [Install] is left away\n" }));
    expect(plain.forecast({ file: absent, unit: none }).unit).to.include({ enablement: "static" });
    expect(written.forecast({ file: absent, unit: { ...none, enablement: "enabled" } }).unit).to.include({
      enablement: "enabled",
    });
  });

  it("that gets or loses its [Install] is forecast as what it then can be", () => {
    const plain = subject(unit("Write it", { name: "a", content: "[Service]\n" }));
    const after = (resource: typeof plain, enablement: string) =>
      (resource.forecast({ file: absent, unit: { ...none, enablement } }).unit as { enablement: string }).enablement;
    expect(after(written, "static")).to.equal("disabled");
    expect(after(plain, "disabled")).to.equal("static");
    expect(after(plain, "enabled"), "by links that stay").to.equal("enabled");
  });

  it("that a run wrote and systemd never read is only read", () => {
    const now = { ...written.forecast({ file: absent, unit: none }), unit: { ...none, needsReload: true } };
    expect(written.diff(now)).to.deep.equal([{ what: "read by systemd", before: false, after: true }]);
    expect(written.steps(now)).to.deep.equal(["systemctl daemon-reload"]);
  });

  it("as a drop-in goes to the folder beside the unit, which stays as it is", () => {
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

  it("is taken away", () => {
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
