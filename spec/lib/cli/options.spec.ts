import { expect } from "chai";
import { parseCommandLine } from "#lib/cli/options.ts";
import { OptionError } from "#lib/errors.ts";

const parse = (...args: string[]) => parseCommandLine(args, "kubeplay 1");
function errorOf(...args: string[]): string {
  try {
    parse(...args);
  } catch (error) {
    if (error instanceof OptionError) return error.message;
    throw error;
  }
  return "";
}

describe("the command line", () => {
  it("needs no more than a playbook", () =>
    expect(parse("site")).to.deep.equal({
      playbook: "site",
      inventory: "hosts.yaml",
      tags: [],
      skipTags: [],
      check: false,
      diff: false,
      forks: 50,
      extraVars: [],
      listTasks: false,
      listTags: false,
      listHosts: false,
      askPass: false,
      askBecomePass: false,
      syntaxCheck: false,
      verbose: 0,
      drift: false,
      lockTimeout: 60,
    }));

  it("has Ansible's flags, short and long, before and after the playbook", () => {
    const line = parse("-i", "mine.yaml", "-CD", "-l", "nodes:!node-2", "site", "-vvv", "-f", "5", "-b", "-u", "me");
    expect(line).to.include({ inventory: "mine.yaml", check: true, diff: true, limit: "nodes:!node-2" });
    expect(line).to.include({ playbook: "site", verbose: 3, forks: 5, become: true, user: "me" });
    expect(parse("--private-key", "k", "--list-hosts", "--syntax-check", "site")).to.include({
      privateKey: "k",
      listHosts: true,
      syntaxCheck: true,
    });
  });

  it("takes tags with commas and several times, and variables several times", () => {
    const line = parse("-t", "a, b", "--tags=c", "--skip-tags", "d,", "-e", "x=1", "-e", "{y: 2}", "site");
    expect(line?.tags).to.deep.equal(["a", "b", "c"]);
    expect(line?.skipTags).to.deep.equal(["d"]);
    expect(line?.extraVars).to.deep.equal(["x=1", "{y: 2}"]);
  });

  it("says what is wrong with it", () => {
    expect(errorOf("--chekc", "site")).to.match(/unknown option '--chekc'[^]*--check/);
    expect(errorOf()).to.include("missing required argument 'playbook'");
    expect(errorOf("-f", "0", "site")).to.include("expected a whole number of at least 1");
    expect(errorOf("--limit", "", "site")).to.include("expected hosts or groups");
    expect(errorOf("-f", "many", "site")).to.include("'many'");
    expect(errorOf("site", "other")).to.include("too many arguments");
  });
});
