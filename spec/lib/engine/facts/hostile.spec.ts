import { expect } from "chai";
import fc from "fast-check";
import { isIP } from "node:net";
import { parseFacts } from "#engine/facts/gather.ts";
import { always } from "../../../always.ts";
import { hostileText } from "../../../hostile.ts";

const sections = [
  "date",
  "hostname",
  "os",
  "kernel",
  "cpus",
  "memory",
  "cgroup",
  "virtualization",
  "machine",
  "addresses",
  "route",
  "free",
  "stub",
  "systemd",
  "modules",
  "user",
  "selinux",
  "apparmor",
];
const words = [
  "ID=",
  "MemTotal: ",
  " kB",
  "1: eth0 inet ",
  "10.0.0.1/24",
  "$(reboot)/24",
  "::1/999",
  "1e999",
  "-1",
  "NaN",
  "x86_64",
  "constructor",
  "__proto__",
  "dev ",
  "/ ",
  "12 /",
];
const answer = fc
  .array(
    fc.tuple(
      fc.constantFrom(...sections),
      fc.array(fc.oneof(fc.constantFrom(...words), hostileText), { maxLength: 6 }),
    ),
    { maxLength: 12 },
  )
  .map((all) => all.map(([name, parts]) => `\n@@ ${name}\n${parts.join("")}`).join(""));

describe("the facts of a host that lies", () => {
  always("have their types, whatever it prints", answer, (stdout) => {
    const facts = parseFacts(stdout, { sentAt: 0, answeredAt: 1 });
    for (const number of [facts.cpus, facts.memory, facts.swap, facts.clockSkew, ...Object.values(facts.free)])
      expect(Number.isFinite(number)).to.equal(true);
    for (const text of [
      facts.hostname,
      facts.architecture,
      facts.user,
      facts.machineId,
      facts.kernel,
      facts.virtualization,
      ...Object.values(facts.os),
    ])
      expect(text).to.be.a("string");
    for (const { address, prefix } of facts.addresses) {
      expect(isIP(address)).to.be.greaterThan(0);
      expect(prefix).to.be.within(0, 999);
    }
    expect(facts.selinux).to.be.oneOf(["disabled", "permissive", "enforcing"]);
    expect(facts.cgroup).to.be.oneOf([1, 2]);
  });
});
