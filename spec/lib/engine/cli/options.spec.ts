import { expect } from "chai";
import { parseCommandLine } from "#engine/cli/options.ts";
import { OptionError } from "#engine/errors.ts";

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
  it("is rejected if npm consumed one of its options", () => {
    const by = (environment: Record<string, string>) => () => parseCommandLine(["site"], "kubeplay 1", environment);
    const npm = { npm_lifecycle_event: "play" };
    expect(by({ ...npm, npm_config_check: "true" })).to.throw(
      'npm consumed --check: put options after "--", as in npm run play -- --check …',
    );
    expect(by({ ...npm, npm_config_skip_tags: "true" })).to.throw("npm run play -- --skip-tags …");
    expect(by({ npm_config_check: "true" })).not.to.throw();
    expect(by({ ...npm, npm_config_user_agent: "npm/10", npm_config_loglevel: "verbose" })).not.to.throw();
  });

  it("requires only a playbook", () =>
    expect(parse("site")).to.deep.equal({
      playbook: "site",
      inventory: ["hosts.yaml"],
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
      askVaultPass: false,
      vaultPasswordFile: [],
      vaultId: [],
      syntaxCheck: false,
      verbose: 0,
      drift: false,
      forceHandlers: false,
      step: false,
      lockTimeout: 60,
      stopTimeout: 5,
    }));

  it("plays site if options are given and no playbook is named", () => {
    for (const args of [["--tags", "addons"], ["--check"], ["--limit", "node-1"], ["--list-tasks"]])
      expect(parse(...args)?.playbook, args.join(" ")).to.equal("site");
    expect(parse("--apply", "p")?.playbook).to.equal("");
    expect(parse("drift")?.playbook).to.equal("");
  });

  it("accepts Ansible's flags, short and long, before and after the playbook", () => {
    const line = parse("-i", "mine.yaml", "-CD", "-l", "nodes:!node-2", "site", "-vvv", "-f", "5", "-b", "-u", "me");
    expect(line).to.deep.include({ inventory: ["mine.yaml"], check: true, diff: true, limit: "nodes:!node-2" });
    expect(line).to.include({ playbook: "site", verbose: 3, forks: 5, become: true, user: "me" });
    expect(parse("--private-key", "k", "--list-hosts", "--syntax-check", "site")).to.include({
      privateKey: "k",
      listHosts: true,
      syntaxCheck: true,
    });
  });

  it("accepts tags with commas and repeatedly, and variables repeatedly", () => {
    const line = parse("-t", "a, b", "--tags=c", "--skip-tags", "d,", "-e", "x=1", "-e", "{y: 2}", "site");
    expect(line?.tags).to.deep.equal(["a", "b", "c"]);
    expect(line?.skipTags).to.deep.equal(["d"]);
    expect(line?.extraVars).to.deep.equal(["x=1", "{y: 2}"]);
  });

  it("accepts Ansible's flags for vault passwords repeatedly", () => {
    const line = parse("-J", "--vault-id", "dev@prompt", "--vault-id", "file", "--vault-password-file", "a", "site");
    expect(line).to.deep.include({
      askVaultPass: true,
      vaultPasswordFile: ["a"],
      vaultId: [
        { label: "dev", source: "prompt" },
        { label: "default", source: "file" },
      ],
    });
    expect(errorOf("--vault-id", "dev@", "site")).to.include("expected label@prompt, label@file or a file");
  });

  it("implies check mode for --plan and drift", () => {
    expect(parse("--plan", "p", "site")).to.include({ plan: "p", check: true, playbook: "site", drift: false });
    expect(parse("drift")).to.include({ drift: true, check: true, playbook: "" });
    expect(parse("-l", "nodes", "drift", "site")).to.include({ drift: true, playbook: "site", limit: "nodes" });
    expect(parse("--apply", "p", "-D", "--lock-timeout", "0")).to.include({
      apply: "p",
      check: false,
      diff: true,
      lockTimeout: 0,
      stopTimeout: 5,
    });
  });

  it("rejects options that a plan already sets", () => {
    expect(errorOf("--apply", "p", "site")).to.include("takes no playbook");
    expect(errorOf("--apply", "p", "--limit", "a")).to.include("--apply takes no --limit");
    expect(errorOf("--apply", "p", "-C")).to.include("--apply takes no --check");
    expect(errorOf("--apply", "p", "-i", "hosts.yaml")).to.include("--apply takes no --inventory");
    expect(errorOf("drift", "-t", "x")).to.include("drift takes no --tags");
    expect(errorOf("--lock-timeout", "-1", "site")).to.include("expected a whole number of seconds");
  });

  it("reports what is wrong with it", () => {
    expect(errorOf("--chekc", "site")).to.match(/unknown option '--chekc'[^]*--check/);
    expect(errorOf()).to.include('missing argument: name a playbook; "site" runs if only options are given');
    expect(errorOf("-f", "0", "site")).to.include("expected a whole number of at least 1");
    expect(errorOf("--limit", "", "site")).to.include("expected hosts or groups");
    expect(errorOf("-f", "many", "site")).to.include("'many'");
    expect(errorOf("site", "other")).to.include("too many arguments");
  });
});
