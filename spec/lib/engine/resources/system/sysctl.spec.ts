import path from "node:path/posix";
import { expect } from "chai";
import { sysctl } from "kubeplay";
import { asked, subject } from "../one-resource.ts";

const absent = { type: "absent" };
const file = { type: "file", mode: 0o644, owner: "root", group: "root" };

describe("the resource sysctl", () => {
  const forward = subject(sysctl("Let it forward", { name: "net.ipv4.ip_forward", value: 1, file: "90-kubernetes" }));
  const dest = "/etc/sysctl.d/90-kubernetes.conf";

  it("is set now and at boot", () => {
    const now = { live: "0", path: absent, text: undefined };
    expect(asked(forward)).to.deep.equal([
      ...["sysctl net.ipv4.ip_forward", `path ${dest}`, `content ${dest}`],
      "sysctl settings net.ipv4.ip_forward",
    ]);
    expect(forward.diff(now).map(({ what }) => what)).to.deep.equal(["value", dest]);
    expect(forward.steps(now)).to.deep.equal([
      "printf '%s\\n' '1' > '/proc/sys/net/ipv4/ip_forward'",
      "mkdir -p /etc/sysctl.d",
      { upload: "net.ipv4.ip_forward = 1\n", to: dest, mode: 0o644, replaces: "absent" },
    ]);
    expect(forward.diff(forward.forecast(now))).to.deep.equal([]);
  });

  it("is removed from its file, and the file if nothing is left; the live value stays", () => {
    const props = { name: "net.ipv4.ip_forward", file: "90-kubernetes", state: "absent" } as const;
    const gone = subject(sysctl("Forget it", props));
    expect(asked(gone)).to.deep.equal([`path ${dest}`, `content ${dest}`]);
    const alone = { path: file, text: "net.ipv4.ip_forward = 1\n\n" };
    expect(gone.steps(alone)).to.deep.equal([
      `kubeplay_enter '${path.dirname(dest)}' && rm -f -- ./'${path.basename(dest)}'`,
    ]);
    expect(gone.forecast(alone)).to.deep.equal({ path: absent, text: undefined });
    const shared = { path: file, text: "# of others\nnet.ipv4.ip_forward=1\nz = 1" };
    expect(gone.forecast(shared).text).to.equal("# of others\nz = 1");
    expect(gone.diff(gone.forecast(shared))).to.deep.equal([]);
    expect(gone.diff({ path: absent, text: undefined })).to.deep.equal([]);
    expect(() => gone.diff({ path: file, text: { binary: 5 } })).to.throw(`${dest} is not text`);
    expect(() => subject(sysctl("x", { name: "a.b" }))).to.throw("a.b: a kernel parameter requires a value");
  });

  it("shares its file with other parameters: their lines stay, and its own is there once", () => {
    const text = "vm.swappiness = 0\nnet.ipv4.ip_forward=0\nnet.ipv4.ip_forward = 2\nz = 1\n";
    const now = { live: "1", path: file, text };
    expect(forward.forecast(now).text).to.equal("vm.swappiness = 0\nnet.ipv4.ip_forward = 1\nz = 1\n");
    expect(forward.steps(now)).to.have.length(2);
    expect(forward.diff(forward.forecast(now))).to.deep.equal([]);
  });

  it("leaves its file alone if one line of it says so already, and otherwise changes only that line", () => {
    const before = (text: string) => ({ live: "1", path: file, text });
    for (const text of ["# of others\n\nnet.ipv4.ip_forward=1", "net/ipv4/ip_forward = 0x1\n\nz = 1\n\n"])
      expect(forward.diff(before(text)), text).to.deep.equal([]);
    expect(forward.forecast(before("\n# a\n\nnet.ipv4.ip_forward=0\n\nz=1")).text).to.equal(
      "\n# a\n\nnet.ipv4.ip_forward = 1\n\nz=1\n",
    );
    expect(forward.forecast(before("# a\n\n")).text).to.equal("# a\n\nnet.ipv4.ip_forward = 1\n");
    expect(forward.forecast(before("")).text).to.equal("net.ipv4.ip_forward = 1\n");
  });

  it("ignores the kind of spaces between the parts of a value", () => {
    const ports = subject(sysctl("x", { name: "net.ipv4.ip_local_port_range", value: "1024\t65535" }));
    const text = "net.ipv4.ip_local_port_range = 1024 65535\n";
    expect(ports.diff({ live: "1024 65535", path: file, text })).to.deep.equal([]);
  });

  it("is as wanted if the kernel stores it in another form", () => {
    const text = "kernel.printk = 0x4\n";
    const level = subject(sysctl("x", { name: "kernel.printk", value: "0x4" }));
    expect(level.diff({ live: "4 4 1 7", path: file, text })).to.deep.equal([]);
    expect(level.forecast({ live: "7 4 1 7", path: file, text }).live).to.equal("4 4 1 7");
  });

  it("replaces its line in its file if it is written otherwise", () => {
    const text = "-net/ipv4/ip_forward = 0\nnet.ipv4.conf.all.forwarding=0\n";
    expect(forward.forecast({ live: "1", path: file, text }).text).to.equal("net.ipv4.ip_forward = 1\n");
  });

  describe("that another file sets too", () => {
    const text = "net.ipv4.ip_forward = 1\n";
    const own = { file: dest, line: "net.ipv4.ip_forward = 1", value: "1" };
    const other = (name: string, value: string) => ({ file: name, line: `net.ipv4.ip_forward=${value}`, value });
    const now = (...settings: object[]) => ({ live: "1", path: file, text, settings: [...settings] });

    it("differs if a later file says otherwise, whose line becomes a comment", () => {
      const later = other("/etc/sysctl.d/99-cis.conf", "0");
      expect(forward.diff(now(own, later))).to.deep.equal([
        { what: later.file, before: "net.ipv4.ip_forward=0", after: "# net.ipv4.ip_forward=0" },
      ]);
      expect(forward.steps(now(own, later))).to.deep.equal([
        String.raw`sed -i --follow-symlinks 's/^net\.ipv4\.ip_forward=0$/# &/' -- '/etc/sysctl.d/99-cis.conf'`,
      ]);
      expect(forward.forecast(now(own, later)).settings).to.deep.equal([own]);
      expect(forward.diff(forward.forecast(now(own, later)))).to.deep.equal([]);
    });

    it("does not differ if the file is read before, or says the same", () => {
      const settings = [other("/usr/lib/sysctl.d/10-a.conf", "0"), own, other("/etc/sysctl.d/99-b.conf", "0x1")];
      expect(forward.diff(now(...settings))).to.deep.equal([]);
    });

    it("is an error if the later file is not the host's own", () => {
      expect(() => forward.diff(now(own, other("/usr/lib/sysctl.d/99-z.conf", "0")))).to.throw(
        "/usr/lib/sysctl.d/99-z.conf is read after /etc/sysctl.d/90-kubernetes.conf and sets net.ipv4.ip_forward=0: name a `file` that sorts after 99-z.conf",
      );
    });

    it("differs with atLeast if a later file says less, also while it is higher", () => {
      const name = "fs.inotify.max_user_instances";
      const raised = subject(sysctl("x", { name, value: 1024, atLeast: true, file: "90-a" }));
      const before = (value: string) => ({ ...now({ ...other("/etc/sysctl.d/99-z.conf", value) }), live: "8192" });
      expect(raised.diff(before("128"))).to.have.length(1);
      expect(raised.forecast(before("128"))).to.include({ live: "8192", text });
      expect(raised.diff(before("4096"))).to.deep.equal([]);
    });
  });

  it("is refused with a name that no parameter has", () => {
    expect(() => subject(sysctl("x", { name: "forward", value: 1 }))).to.throw("is not the name of a kernel parameter");
  });

  it("is raised and never lowered with atLeast", () => {
    const watches = subject(sysctl("x", { name: "fs.inotify.max_user_instances", value: 1024, atLeast: true }));
    const now = (live: string) => ({ live, path: absent, text: undefined });
    expect(watches.diff(now("8192"))).to.deep.equal([]);
    expect(watches.diff(now("128")).map(({ what }) => what)).to.deep.equal([
      "value",
      "/etc/sysctl.d/90-kubeplay-fs.inotify.max_user_instances.conf",
    ]);
    expect(watches.diff(watches.forecast(now("128")))).to.deep.equal([]);
    // An earlier run may have raised it and been cut off before it wrote the file.
    expect(watches.diff(now("1024"))).to.have.length(1);
  });

  it("is a change if it is unknown, as a module may bring it, and an error in a run", () => {
    const now = { live: undefined, path: absent, text: undefined };
    expect(forward.diff(now)).to.have.length(2);
    expect(() => forward.steps(now)).to.throw(
      "the kernel has no parameter net.ipv4.ip_forward: is the module that brings it loaded?",
    );
  });
});
