import { expect } from "chai";
import { kernelModule } from "kubeplay";
import { asked, subject } from "../one-resource.ts";

const absent = { type: "absent" };
const available = { loaded: false, builtIn: false, available: true };

describe("the resource kernel module", () => {
  const overlay = subject(kernelModule("Load it", { name: "ip-vs" }));
  const dest = "/etc/modules-load.d/ip-vs.conf";

  it("is loaded now and at boot", () => {
    expect(asked(overlay)).to.deep.equal(["kernel module ip_vs", `path ${dest}`]);
    const now = { now: available, file: absent };
    expect(overlay.diff(now).map(({ what }) => what)).to.deep.equal(["loaded", "content"]);
    expect(overlay.steps(now)).to.deep.equal([
      "modprobe -- 'ip-vs'",
      "mkdir -p /etc/modules-load.d",
      { upload: "ip-vs\n", to: dest, mode: 0o644, replaces: "absent" },
    ]);
    expect(overlay.diff(overlay.forecast(now))).to.deep.equal([]);
  });

  it("has no differences if it is built in", () => {
    expect(overlay.diff({ now: { loaded: false, builtIn: true, available: false }, file: absent })).to.deep.equal([]);
  });

  it("is only configured for the next boot if it is loaded already", () => {
    expect(overlay.steps({ now: { ...available, loaded: true }, file: absent })).to.have.length(2);
  });

  it("is a change if it is unknown, as a package may bring it, and an error in a run", () => {
    const now = { now: { ...available, available: false }, file: absent };
    expect(overlay.diff(now)).to.have.length(2);
    expect(() => overlay.steps(now)).to.throw(
      "the kernel has no module ip-vs, neither loaded, built in, nor in /lib/modules",
    );
  });

  it("is unloaded and removed", () => {
    const gone = subject(kernelModule("x", { name: "ip_vs", state: "absent" }));
    const now = { now: { ...available, loaded: true }, file: { type: "file", mode: 0o644 } };
    expect(gone.steps(now)).to.deep.equal([
      "modprobe -r -- 'ip_vs'",
      "kubeplay_enter '/etc/modules-load.d' && rm -f -- ./'ip_vs.conf'",
    ]);
    expect(gone.diff(gone.forecast(now))).to.deep.equal([]);
  });
});
