import { createHash } from "node:crypto";
import { expect } from "chai";
import { kernelModule } from "kubeplay";
import { asked, subject } from "../one-resource.ts";

const absent = { type: "absent" };
/** Of the file that loads ip-vs. */
const overlayFile = { sha256: createHash("sha256").update("ip-vs\n").digest("hex") };
const available = { loaded: false, builtIn: false, available: true };

describe("the resource kernel module", () => {
  const overlay = subject(kernelModule("Load it", { name: "ip-vs" }));
  const dest = "/etc/modules-load.d/ip-vs.conf";

  it("is loaded now and at boot", () => {
    expect(asked(overlay)).to.deep.equal(["kernel module ip_vs", `path ${dest}`, "module denials ip_vs"]);
    const now = { now: available, file: absent, denials: [] };
    expect(overlay.diff(now).map(({ what }) => what)).to.deep.equal(["loaded", "content"]);
    expect(overlay.steps(now)).to.deep.equal([
      "modprobe -- 'ip-vs'",
      "mkdir -p /etc/modules-load.d",
      { upload: "ip-vs\n", to: dest, mode: 0o644, replaces: "absent" },
    ]);
    expect(overlay.diff(overlay.forecast(now))).to.deep.equal([]);
  });

  it("is refused with a name that no module has, before a host is asked", () => {
    for (const name of ["a b", "../a", "a".repeat(56), "a".repeat(300)])
      expect(() => subject(kernelModule("k", { name })), name).to.throw(
        "is not the name of a kernel module: expected at most 55",
      );
  });

  it("has no differences if it is built in", () => {
    expect(
      overlay.diff({ now: { loaded: false, builtIn: true, available: false }, file: absent, denials: [] }),
    ).to.deep.equal([]);
  });

  it("is only configured for the next boot if it is loaded already", () => {
    expect(overlay.steps({ now: { ...available, loaded: true }, file: absent, denials: [] })).to.have.length(2);
  });

  it("is a change if it is unknown, as a package may bring it, and an error in a run", () => {
    const now = { now: { ...available, available: false }, file: absent, denials: [] };
    expect(overlay.diff(now)).to.have.length(2);
    expect(() => overlay.steps(now)).to.throw(
      "the kernel has no module ip-vs, neither loaded, built in, nor in /lib/modules",
    );
  });

  describe("that a file of modprobe.d denies", () => {
    const denials = [
      { file: "/etc/modprobe.d/cis.conf", line: "install ip_vs /bin/true" },
      { file: "/etc/modprobe.d/old.conf", line: "blacklist ip-vs" },
    ];
    const there = { type: "file", mode: 0o644, ...overlayFile };

    it("differs, and its lines become comments before it is loaded", () => {
      const now = { now: available, file: there, denials };
      expect(overlay.diff(now)).to.deep.equal([
        { what: "/etc/modprobe.d/cis.conf", before: "install ip_vs /bin/true", after: "# install ip_vs /bin/true" },
        { what: "/etc/modprobe.d/old.conf", before: "blacklist ip-vs", after: "# blacklist ip-vs" },
        { what: "loaded", before: false, after: true },
      ]);
      expect(overlay.steps(now)).to.deep.equal([
        String.raw`sed -i --follow-symlinks 's/^install ip_vs \/bin\/true$/# &/' -- '/etc/modprobe.d/cis.conf'`,
        "sed -i --follow-symlinks 's/^blacklist ip-vs$/# &/' -- '/etc/modprobe.d/old.conf'",
        "modprobe -- 'ip-vs'",
      ]);
      expect(overlay.diff(overlay.forecast(now))).to.deep.equal([]);
    });

    it("differs although it is loaded now", () => {
      const now = { now: { ...available, loaded: true }, file: there, denials: denials.slice(1) };
      expect(overlay.diff(now)).to.have.length(1);
      expect(overlay.steps(now)).to.have.length(1);
    });

    it("is an error if the file is not the host's own", () => {
      const vendors = [{ file: "/usr/lib/modprobe.d/blacklist.conf", line: "blacklist ip_vs" }];
      expect(() => overlay.diff({ now: available, file: there, denials: vendors })).to.throw(
        '/usr/lib/modprobe.d/blacklist.conf says "blacklist ip_vs", so ip-vs is not loaded at boot',
      );
    });

    it("needs nothing if it is built in or must not be loaded", () => {
      expect(overlay.diff({ now: { ...available, builtIn: true }, file: absent, denials })).to.deep.equal([]);
      const gone = subject(kernelModule("x", { name: "ip-vs", state: "absent" }));
      expect(gone.diff({ now: available, file: absent, denials })).to.deep.equal([]);
    });
  });

  it("is unloaded and removed", () => {
    const gone = subject(kernelModule("x", { name: "ip_vs", state: "absent" }));
    const now = { now: { ...available, loaded: true }, file: { type: "file", mode: 0o644 }, denials: [] };
    expect(gone.steps(now)).to.deep.equal([
      "modprobe -r -- 'ip_vs'",
      "kubeplay_enter '/etc/modules-load.d' && rm -f -- ./'ip_vs.conf'",
    ]);
    expect(gone.diff(gone.forecast(now))).to.deep.equal([]);
  });

  it("is only unloaded if nothing loads it at boot, and only not loaded at boot if it is not loaded", () => {
    const gone = subject(kernelModule("x", { name: "ip_vs", state: "absent" }));
    const loaded = { now: { ...available, loaded: true }, file: absent, denials: [] };
    expect(gone.steps(loaded)).to.deep.equal(["modprobe -r -- 'ip_vs'"]);
    const configured = { now: available, file: { type: "file", mode: 0o644 }, denials: [] };
    expect(gone.steps(configured)).to.deep.equal(["kubeplay_enter '/etc/modules-load.d' && rm -f -- ./'ip_vs.conf'"]);
  });
});
