import { expect } from "chai";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { clear, folder } from "../lib/engine/runner/stage.ts";
import { on } from "./lab/host.ts";
import { projectIn, start } from "./lab/project.ts";

const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
  type: "pkcs8",
  format: "pem",
}) as string;
const secrets = {
  secrets_token: `s3cr'et "quoted" \\ tök€n`,
  secrets_key: key,
  secrets_account: { user: "ann", password: "pa$$word & more" },
};

/** The forbidden forms of a secret: itself, within JSON, and its middle in base64 at any offset. */
function forms(secret: string): string[] {
  const plain = secret.includes("\n")
    ? secret.split("\n").filter((text) => text.length >= 16 && !text.startsWith("-"))
    : [secret];
  const middle = (shift: number): string => {
    const encoded = Buffer.from("x".repeat(shift) + secret)
      .toString("base64")
      .replace(/=+$/, "");
    return encoded.slice(4, 4 + 12);
  };
  return [...plain, ...plain.map((text) => JSON.stringify(text).slice(1, -1)), ...[0, 1, 2].map(middle)];
}
const forbidden = [secrets.secrets_token, secrets.secrets_key, secrets.secrets_account.password].flatMap(forms);

const filesIn = (root: string): string[] =>
  existsSync(root)
    ? readdirSync(root, { recursive: true, encoding: "utf8" })
        .map((name) => path.join(root, name))
        .filter((name) => statSync(name).isFile())
    : [];

/** The secrets that are in the output or in files that the run left on the controller, with their counts. */
function found(root: string, output: string): string[] {
  const texts = [
    ["the terminal", output],
    ...filesIn(path.join(root, ".kubeplay")).map((file) => [path.basename(file), readFileSync(file, "utf8")]),
  ];
  return texts.flatMap(([where = "", text = ""]) =>
    forbidden
      .map((secret) => ({ secret, count: text.split(secret).length - 1 }))
      .filter(({ count }) => count > 0)
      .map(({ secret, count }) => `${where}: ${String(count)} x ${secret}`),
  );
}

describe("a secret", function () {
  this.timeout(600_000);
  const play = async (args: readonly string[], values: object = secrets) => {
    const root = folder();
    projectIn(root, ["engine-1"]);
    writeFileSync(path.join(root, "secrets.json"), JSON.stringify(values));
    const ended = await start(
      root,
      "spec/engine/playbooks/secrets.ts",
      ["-vvv", "--diff", "-e", "@secrets.json", ...args],
      90,
    ).ended;
    return { root, ...ended };
  };

  beforeEach(() => on("engine-1", "rm -f /srv/secrets"));
  after(clear);

  const ends: readonly [string, number, RegExp][] = [
    ["ok", 0, /Say it\] \*+\nchanged/],
    ["failed", 2, /FAILED! => .*exit code 3/],
    ["unconverged", 2, /did not converge/],
    ["unreachable", 4, /UNREACHABLE! => /],
  ];
  for (const [end, code, said] of ends)
    it(`is in no output and no file of a run that is ${end}`, async () => {
      const run = await play(["-e", `secrets_end=${end}`]);
      expect(run.code, run.output).to.equal(code);
      expect(run.output).to.match(said).and.include("********");
      expect(found(run.root, run.output)).to.deep.equal([]);
      expect(filesIn(path.join(run.root, ".kubeplay")).map((file) => path.basename(file))).to.include.members([
        ...["events.jsonl", "summary.json"],
      ]);
      expect(await on("engine-1", "cat /srv/secrets"), "while the host has it").to.include(secrets.secrets_token);
    });

  it("is in no output and no file of check mode", async () => {
    const run = await play(["--check"]);
    expect(run.code, run.output).to.equal(0);
    expect(run.output).to.include("********");
    expect(found(run.root, run.output)).to.deep.equal([]);
  });

  it("is not in the error about its wrong type", async () => {
    const run = await play([], {
      ...secrets,
      secrets_pin: secrets.secrets_token,
      secrets_account: secrets.secrets_account.password,
    });
    expect(run.code, run.output).to.equal(1);
    expect(run.output).to.include("secrets_pin").and.include("secrets_account");
    expect(found(run.root, run.output)).to.deep.equal([]);
  });
});
