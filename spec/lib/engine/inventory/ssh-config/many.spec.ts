import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import type { Problem } from "#engine/errors.ts";
import { SshConfig } from "#engine/inventory/ssh-config/evaluate.ts";

/** The program is the judge: `ssh -G` prints what it would use. */
const ssh = "/usr/bin/ssh";
const compared = ["hostname", "port", "user", "identityfile", "proxyjump", "proxycommand", "stricthostkeychecking"];

describe("ssh's configuration, as kubeplay reads it", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "kubeplay-ssh-config-"));
  after(() => rmSync(folder, { recursive: true }));

  const file = path.join(folder, "config");
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  };

  /** The values that a file sets, by kubeplay. */
  function ours(host: string, user?: string): Record<string, readonly string[]> {
    const problems: Problem[] = [];
    const values = new SshConfig(problems, file).valuesOf(host, user);
    expect(problems).to.deep.equal([]);
    return Object.fromEntries(
      [...values].flatMap(([keyword, found]) =>
        compared.includes(keyword) ? [[keyword, found.map(({ words }) => words.join(" "))]] : [],
      ),
    );
  }

  /** The same by ssh. An empty file shows what its own defaults are. */
  function theirs(host: string, user?: string): Record<string, readonly string[]> {
    const args = (config: string) => ["-G", "-F", config, ...(user === undefined ? [] : ["-l", user]), host];
    const linesOf = (config: string) =>
      execFileSync(ssh, args(config), { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).split("\n");
    const usual = new Set(linesOf("/dev/null"));
    const values: Record<string, string[]> = {};
    for (const line of linesOf(file)) {
      const [keyword = "", ...words] = line.split(" ");
      if (compared.includes(keyword) && !usual.has(line)) (values[keyword] ??= []).push(words.join(" "));
    }
    return values;
  }

  /** What both would use for a connection: values that are ssh's defaults anyway count as not set. */
  function agree(host: string, user?: string): void {
    const mine = ours(host, user);
    const asSsh = theirs(host, user);
    const normal: Record<string, readonly string[]> = {};
    for (const [keyword, [first = "", ...rest]] of Object.entries(mine)) {
      if (keyword.startsWith("proxy") && Object.keys(normal).some((one) => one.startsWith("proxy"))) continue;
      if (keyword === "user" && user !== undefined) continue;
      if (keyword === "hostname") {
        const name = first.replaceAll("%h", host).toLowerCase();
        if (name !== host) normal[keyword] = [name];
      } else if (!(keyword === "port" && first === "22")) normal[keyword] = [first, ...rest];
    }
    expect(normal, `${host} ${user ?? ""}`).to.deep.equal(asSsh);
  }

  before(function () {
    if (!existsSync(ssh)) this.skip();
  });

  const settings = fc.oneof(
    fc.constantFrom("HostName 10.0.0.7", "HostName %h.example.org", "hostname = Other.Example.org"),
    fc.constantFrom("Port 2222", "port=2200", '  Port "23"', "User ada", "\tUSER bob # the other one", "User web-1"),
    fc.constantFrom("IdentityFile ~/.ssh/one", 'IdentityFile "/keys/t w o"', "IdentityFile=/keys/%h"),
    fc.constantFrom("ProxyJump ops@gate:2201,second", "ProxyCommand nc -X 5 '%h' %p # all of it", "# a comment", ""),
    fc.constantFrom("StrictHostKeyChecking accept-new", "SendEnv LANG LC_*", "Include inner", "Include inner*"),
  );
  const patterns = ["*", "web-?", "web-1", "!web-2", "*.example.org", "db", "web", "10.0.0.*"];
  const hosts = fc.subarray(patterns, { minLength: 1, maxLength: 3 });
  const heading = fc.oneof(
    hosts.map((all) => `Host ${all.join(" ")}`),
    hosts.map((all) => `Match host ${all.join(",")}`),
    hosts.map((all) => `Match originalhost ${all.join(",")} !user bob`),
    fc.constantFrom(
      "Match all",
      "Match final host 10.0.0.*",
      'Match exec "test %h = 10.0.0.7"',
      "Match user ada,web-?",
    ),
    fc.constantFrom("Match !host web-1", "Match !originalhost db exec false"),
  );
  const section = fc.tuple(heading, fc.array(settings, { maxLength: 4 })).map(([head, lines]) => [head, ...lines]);
  const config = fc
    .tuple(fc.array(settings, { maxLength: 2 }), fc.array(section, { maxLength: 4 }))
    .map(([global, sections]) => [...global, ...sections.flat(), ""].join("\n"));
  /** An included file includes no other: those would include themselves. */
  const inner = config.map((text) => text.replaceAll(/^Include.*\n/gm, ""));

  it("gives the name that a host has before the last pass, although more lines count in that one", () => {
    const last = ["Match user ada", "HostName 10.0.0.7", "Match host db", "User ada", "Match final all", "Port 2222"];
    write({ config: `${last.join("\n")}\n` });
    agree("db");
    expect(ours("db")).to.deep.equal({ user: ["ada"], port: ["2222"] });
  });

  it("gives each host the values that ssh gives it, with includes, patterns and conditions", function () {
    this.timeout(600_000);
    const names = fc.constantFrom("web-1", "web-2", "web", "db", "a.example.org", "web-12");
    const users = fc.constantFrom(undefined, "ada", "bob");
    fc.assert(
      fc.property(config, inner, inner, names, users, (outer, one, two, host, user) => {
        const absolute = outer.replaceAll("Include inner", `Include ${folder}/inner`);
        write({ config: absolute, inner: one, "inner-two": two });
        agree(host, user);
      }),
      { numRuns: 8000 },
    );
  });
});
