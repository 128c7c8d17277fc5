import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { InputError } from "#engine/errors.ts";
import { execArguments, flagCheck, withExtraFlags } from "#cluster/component-flags.ts";
import { temporaryFolder } from "../engine/temporary.ts";

describe("the flags of a component", () => {
  const extended = (extra: Record<string, string | string[]>) =>
    execArguments(withExtraFlags({ v: "2", profiling: "false" }, "kube_x_extra_flags", extra));

  it("are extended and replaced by a variable", () =>
    expect(extended({ v: "4", "event-ttl": "2h" })).to.deep.equal(["--v=4", "--profiling=false", "--event-ttl=2h"]));

  it("are repeated for a list", () =>
    expect(extended({ "service-account-issuer": ["https://a", "https://b"] }).slice(2)).to.deep.equal([
      "--service-account-issuer=https://a",
      "--service-account-issuer=https://b",
    ]));

  it("stay as they are if systemd reads them so", () => {
    const plain = [
      "*,bootstrapsigner",
      "https://10.0.0.1:2379,https://[::1]:2379",
      "a=b",
      "/var/log/x.log",
      "{}",
      "a;b",
    ];
    expect(execArguments({ x: plain })).to.deep.equal(plain.map((value) => `--x=${value}`));
  });

  it("are quoted if systemd would split or expand them", () => {
    const odd = {
      "a b": '"--x=a b"',
      'a"b': '"--x=a\\"b"',
      a$b: '"--x=a$$b"',
      "50%": '"--x=50%%"',
      "a\\b": '"--x=a\\\\b"',
      "it's": '"--x=it\'s"',
    };
    expect(execArguments({ x: Object.keys(odd) })).to.deep.equal(Object.values(odd));
    expect(execArguments({ x: "" })).to.deep.equal(["--x="]);
  });

  for (const [name, hint] of [
    ["--event-ttl", '"event-ttl", without its dashes and with its value apart'],
    ["-v", '"v", without its dashes'],
    ["event-ttl=2h", '"event-ttl", without its dashes and with its value apart'],
    ["a b", "letters, digits and dashes"],
    ["", "letters, digits and dashes"],
  ] as const)
    it(`are refused with the name ${JSON.stringify(name)}`, () =>
      expect(() => extended({ [name]: "1" }))
        .to.throw(InputError, `kube_x_extra_flags: ${JSON.stringify(name)} is not the name of a flag`)
        .with.property("message")
        .that.includes(hint));

  it("are refused with a line break in a value", () =>
    expect(() => extended({ v: "4\nExecStartPre=/bin/x" })).to.throw(InputError, "the value of v has a line break"));
});

describe("the check of flags by their program", () => {
  const folder = temporaryFolder();
  const program = `${folder}/program`;
  const check = (flags: Record<string, string | string[]>) =>
    spawnSync("sh", ["-c", `(${flagCheck(program, flags).replaceAll("%s", '"FILE"')}) && echo written`], {
      encoding: "utf8",
    });

  it("gives it every flag as it is, and says nothing if it is content", () => {
    writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" > '${folder.replaceAll("'", "'\\''")}/given'\n`, {
      mode: 0o755,
    });
    const { stdout, stderr } = check({ a: "it's $HOME", b: ["1", "%s"] });
    expect([stdout, stderr]).to.deep.equal(["written\n", ""]);
    const given = spawnSync("cat", [`${folder}/given`], { encoding: "utf8" })
      .stdout.trim()
      .split("\n");
    expect(given).to.deep.equal(["--a=it's $HOME", "--b=1", "--b=%s", "--version"]);
  });

  it("fails with the program's last words if it is not", () => {
    writeFileSync(program, "#!/bin/sh\necho Usage:\necho; echo; echo; echo 'unknown flag: --nope' >&2; exit 1\n", {
      mode: 0o755,
    });
    const { stdout, stderr } = check({ nope: "1" });
    expect(stdout).to.equal("");
    expect(stderr).to.match(/unknown flag: --nope\n$/);
  });
});
