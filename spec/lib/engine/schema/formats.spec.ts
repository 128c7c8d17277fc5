import { expect } from "chai";
import { formats } from "#engine/schema/formats.ts";

const cases: readonly (readonly [string, readonly unknown[], readonly unknown[]])[] = [
  ["ipv4", ["10.0.0.1", "255.255.255.255"], ["10.0.0", "10.0.0.256", "010.0.0.1", "::1", ""]],
  ["cidr", ["10.32.0.0/16"], ["10.32.0.1/16", "10.32.0.0"]],
  ["ipv6", ["fd00::1", "::1"], ["10.0.0.1", "fd00::g", "fd00::/64"]],
  ["cidr6", ["fd00:10:96::/112", "::/0"], ["fd00::1", "10.0.0.0/8", "fd00::/129", "fd00::/"]],
  [
    "hostname",
    ["node-1", "a.example.org", "3com"],
    ["Node", "-a", "a-", "a_b", "a..b", "", "10.0.0.1", "a".repeat(64)],
  ],
  ["address", ["node-1", "10.0.0.1"], ["10.0.0.256", "a b"]],
  ["version", ["1.37.2", "2.0.0-rc.1", "1.0.0+build"], ["1.37", "v1.37.2", "01.2.3", "latest"]],
  ["absolute-path", ["/", "/etc/kubernetes"], ["etc", "./a", "/etc/../root", "/a\0b", ""]],
  [
    "login",
    ["root", "DOM\\kim lee", "kim@corp.example", "#1000", "jürgen", "$(reboot)"],
    ["", "-u", "a\nb", "a\0", "a!b", "\ud800", "a".repeat(257)],
  ],
  ["port", [1, 65535], [0, 65536, 1.5, "22"]],
];

describe("formats", () => {
  for (const [name, right, wrong] of cases)
    it(`${name} accepts ${right.join(", ")} and nothing else`, () => {
      const validate = formats[name]?.validate ?? (() => undefined);
      expect(right.filter((value) => validate(value) !== true)).to.deep.equal([]);
      expect(wrong.filter((value) => validate(value) !== false)).to.deep.equal([]);
    });
});
