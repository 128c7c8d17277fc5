import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import os from "node:os";
import { promisify } from "node:util";
import { expect } from "chai";
import { clockSkew } from "#engine/facts/clock-skew.ts";
import { factsScript, parseFacts } from "#engine/facts/gather.ts";

describe("facts", () => {
  it("of this machine match those of Node", async () => {
    const sentAt = Date.now();
    const { stdout } = await promisify(execFile)("sh", ["-c", factsScript]);
    const facts = parseFacts(stdout, { sentAt, answeredAt: Date.now() });
    expect(facts).to.include({
      hostname: os.hostname(),
      kernel: os.release(),
      user: os.userInfo().username,
      memory: os.totalmem(),
      clockSkew: 0,
      systemd: existsSync("/run/systemd/system"),
    });
    expect(facts.architecture).to.equal(os.arch() === "x64" ? "amd64" : os.arch());
    expect(facts.cpus).to.be.within(1, os.cpus().length);
    expect(facts.os.id).to.match(/^[a-z]+$/);
    expect(facts.free["/"]).to.be.greaterThan(0);
    expect(facts.free["/var/lib"]).to.be.greaterThan(0);
  });

  it("are parsed from a host's answer", () => {
    const facts = parseFacts(answer, { sentAt: 1_700_000_000_000, answeredAt: 1_700_000_000_100 });
    expect(facts).to.deep.equal({
      hostname: "master-1",
      os: { id: "debian", version: "13", codename: "trixie", name: "Debian GNU/Linux 13 (trixie)" },
      kernel: "6.12.0-1-amd64",
      architecture: "amd64",
      cpus: 4,
      memory: 1024 * 1024,
      swap: 2048,
      cgroup: 2,
      virtualization: "podman",
      container: true,
      machineId: "0123",
      clockSkew: 59.9000000953674316,
      addresses: [
        { interface: "eth0", address: "10.0.0.1", prefix: 24 },
        { interface: "eth0", address: "fe80::1", prefix: 64 },
      ],
      defaultInterface: "eth0",
      free: { "/": 100, "/mnt/a b": 200, "/var": 100 },
      stubResolver: true,
      systemd: true,
      kernelModules: ["br_netfilter", "ip_vs", "overlay", "xt_LOG"],
      user: "root",
      selinux: "enforcing",
      apparmor: true,
    });
  });

  it("that a host lacks are empty", () => {
    const facts = parseFacts(
      "\n@@ date\n1700000000.0\n\n@@ hostname\na\n\n@@ addresses\n\n@@ modules\n/sys/module/*/\n",
      {
        sentAt: 1_700_000_000_000,
        answeredAt: 1_700_000_000_000,
      },
    );
    expect(facts).to.deep.include({
      hostname: "a",
      virtualization: "none",
      addresses: [],
      stubResolver: false,
      kernelModules: [],
      selinux: "disabled",
      apparmor: false,
    });
    expect(facts).not.to.have.property("defaultInterface");
  });
});

describe("facts about SELinux and AppArmor", () => {
  const answered = (sections: string) => parseFacts(`\n@@ date\n1\n${sections}`, { sentAt: 1000, answeredAt: 1000 });

  it("distinguish a permissive SELinux from a disabled one", () => {
    expect(answered("@@ selinux\n0").selinux).to.equal("permissive");
    expect(answered("").selinux).to.equal("disabled");
  });

  it("distinguish an AppArmor that the kernel has but does not use from one that it uses", () => {
    expect(answered("@@ apparmor\nN").apparmor).to.equal(false);
    expect(answered("@@ apparmor\nY").apparmor).to.equal(true);
  });
});

describe("clock skew", () => {
  const asked = { sentAt: 10_000, answeredAt: 12_000 };
  for (const [reading, skew] of [
    [10, 0],
    [11, 0],
    [12, 0],
    [15, 3],
    [4, -6],
  ] as const)
    it(`is ${String(skew)} for a clock read as ${String(reading)} between 10 and 12`, () => {
      expect(clockSkew(reading, asked)).to.equal(skew);
    });
});

const answer = `
@@ date
1700000060.000000000

@@ hostname
master-1

@@ os
PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
ID=debian
VERSION_ID="13"
VERSION_CODENAME='trixie'

@@ kernel
6.12.0-1-amd64 x86_64

@@ cpus
4

@@ memory
MemTotal:       1024 kB
SwapTotal:         2 kB

@@ cgroup
cgroup2fs

@@ virtualization
podman

@@ machine
0123

@@ addresses
1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever
1: lo    inet6 ::1/128 scope host
2: eth0    inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0
2: eth0    inet6 fe80::1/64 scope link

@@ route
default via 10.0.0.254 dev eth0 proto static

@@ free
    Avail Mounted on
      100 /
      200 /mnt/a b
    Avail File
      100 /
      100 /var

@@ stub
/proc/net/tcp

@@ systemd
yes

@@ modules
/sys/module/overlay/
/sys/module/br_netfilter/
kernel/net/netfilter/xt_LOG.ko.xz
kernel/net/bridge/br-netfilter.ko
kernel/net/netfilter/ipvs/ip_vs.ko.zst

@@ user
root

@@ selinux
1
@@ apparmor
Y
`;
