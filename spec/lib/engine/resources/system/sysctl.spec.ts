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
    expect(asked(forward)).to.deep.equal(["sysctl net.ipv4.ip_forward", `path ${dest}`, `content ${dest}`]);
    expect(forward.diff(now).map(({ what }) => what)).to.deep.equal(["value", dest]);
    expect(forward.steps(now)).to.deep.equal([
      "printf '%s\\n' '1' > '/proc/sys/net/ipv4/ip_forward'",
      "mkdir -p /etc/sysctl.d",
      { upload: "net.ipv4.ip_forward = 1\n", to: dest, mode: 0o644 },
    ]);
    expect(forward.diff(forward.forecast(now))).to.deep.equal([]);
  });

  it("is removed from its file, and the file if nothing is left; the live value stays", () => {
    const props = { name: "net.ipv4.ip_forward", file: "90-kubernetes", state: "absent" } as const;
    const gone = subject(sysctl("Forget it", props));
    expect(asked(gone)).to.deep.equal([`path ${dest}`, `content ${dest}`]);
    const alone = { path: file, text: "net.ipv4.ip_forward = 1\n\n" };
    expect(gone.steps(alone)).to.deep.equal([`rm -f -- '${dest}'`]);
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

  it("ignores the kind of spaces between the parts of a value", () => {
    const ports = subject(sysctl("x", { name: "net.ipv4.ip_local_port_range", value: "1024\t65535" }));
    const text = "net.ipv4.ip_local_port_range = 1024 65535\n";
    expect(ports.diff({ live: "1024 65535", path: file, text })).to.deep.equal([]);
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
