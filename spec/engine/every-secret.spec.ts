import { expect } from "chai";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as kubeplay from "kubeplay";
import { clear, folder } from "../lib/engine/runner/stage.ts";
import { withAnsible } from "../lib/engine/with-ansible.ts";
import { host, on } from "./lab/host.ts";
import { projectIn, start } from "./lab/project.ts";

interface Secrets {
  readonly every_word: string;
  readonly every_name: string;
  readonly every_pin: string;
}
/** Those of an earlier run, and those of a later one. */
const old: Secrets = { every_word: `old w'ord "and" \\ möre & so/on`, every_name: "oldname7secret", every_pin: "q7z" };
const later: Secrets = {
  every_word: `new l'ine "but" \\ nöt % the+old`,
  every_name: "newname8secret",
  every_pin: "w9x",
};

/** The forms of a secret that nobody must see: itself, in JSON, in a URL, in hexadecimal digits, and in base64. */
function forms({ every_word: word, every_name: name, every_pin: pin }: Secrets): RegExp[] {
  const encoded = [word, name].flatMap((secret) => [
    ...[secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), Buffer.from(secret).toString("hex")],
    ...[0, 1, 2].map((shift) =>
      Buffer.from("x".repeat(shift) + secret)
        .toString("base64")
        .slice(4, 16),
    ),
  ]);
  const literal = (text: string): RegExp => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i");
  return [...encoded.map(literal), new RegExp(`(?<![A-Za-z0-9])x?${pin}x?(?![A-Za-z0-9])`)];
}
const forbidden = [old, later].flatMap(forms);

const filesIn = (root: string): string[] =>
  existsSync(root)
    ? readdirSync(root, { recursive: true, encoding: "utf8" })
        .map((name) => path.join(root, name))
        .filter((name) => statSync(name).isFile())
    : [];

/** Where secrets are, in a text of each place. */
const found = (texts: Readonly<Record<string, string>>): string[] =>
  Object.entries(texts).flatMap(([where, text]) =>
    forbidden.flatMap((form) => {
      const place = text.search(form);
      return place < 0 ? [] : [`${where}: ${text.slice(Math.max(0, place - 150), place + 60)}`];
    }),
  );

/** A program that looks at the arguments of all programs until it is told to end, and tells those that have a secret. */
const watcher = `
open my $in, "<", "/root/every-secret.words" or die; my @words = map { chomp; $_ } <$in>;
my ($end, %seen) = (time + 240);
while (!-e "/root/every-secret.stop" && time < $end) {
  for my $file (glob "/proc/[0-9]*/cmdline") {
    open my $of, "<", $file or next; local $/; my $line = <$of> // ""; close $of;
    for my $word (@words) { $seen{$line}++ if index($line, $word) >= 0 }
  }
}
print join("\\n", map { s/\\0/ /gr } keys %seen);
`;

describe("a secret in every property of every resource", function () {
  this.timeout(400_000);
  withAnsible();
  let root = "";
  const play = async (args: readonly string[], secrets: Secrets) => {
    writeFileSync(path.join(root, "secrets.json"), JSON.stringify(secrets), { mode: 0o600 });
    return start(root, "spec/engine/playbooks/every-secret.ts", ["-vvv", "--diff", "-e", "@secrets.json", ...args], 180)
      .ended;
  };

  before(() => {
    root = folder();
    projectIn(root, ["engine-1"]);
    mkdirSync(path.join(root, "templates"));
    for (const name of ["app", old.every_name, later.every_name])
      writeFileSync(path.join(root, `templates/${name}.hbs`), "word = {{word}}\n");
    // It prints what a task gives it, and fails.
    writeFileSync(
      path.join(root, "failing-script"),
      '#!/bin/sh\nprintf "%s\\n" "$@" "$WORD" | tee /dev/stderr; exit 3\n',
    );
    return on("engine-1", "rm -rf /srv/every-secret /var/lib/kubeplay/jobs /root/every-secret.*");
  });
  // Its runs fail, so they owe handlers, which the next spec's run would pay; and apt cannot read its repositories.
  after(() =>
    on(
      "engine-1",
      "rm -f /var/lib/kubeplay/pending-handlers /etc/apt/sources.list.d/*secret.sources /etc/cron.d/*secret /etc/security/limits.d/*secret.conf /etc/logrotate.d/*secret",
    ),
  );
  after(clear);

  it("is not shown by a run, nor is the one that it replaces", async () => {
    await play([], old);
    // What a run keeps of itself counts from the first.
    const { output, code } = await play([], later);
    expect(code, output).to.equal(2);
    expect(output).to.include("PLAY RECAP").and.include("(secret)").and.include("********");
    expect(await on("engine-1", "cat /srv/every-secret/file"), "while the host has it").to.include(later.every_word);
    const left = filesIn(path.join(root, ".kubeplay")).filter((file) => !file.includes("/compiled/"));
    expect(left.map((file) => path.basename(file))).to.include.members([
      ...["events.jsonl", "summary.json", "every-secret.retry"],
    ]);
    expect(
      found({ terminal: output, ...Object.fromEntries(left.map((file) => [file, readFileSync(file, "utf8")])) }),
    ).to.deep.equal([]);
  });

  it("is not shown by a plan, and is not in its file", async () => {
    const { output } = await play(["--plan", "the.plan"], old);
    expect(output).to.include("CHECK MODE").and.include("the.plan: ");
    expect(found({ terminal: output, plan: readFileSync(path.join(root, "the.plan"), "utf8") })).to.deep.equal([]);
  });

  it("is left in no temporary file, on neither side", async () => {
    const listed = "find /tmp /var/tmp /run /var/lib/kubeplay /root /home -xdev -type f -size -1000k 2>/dev/null";
    const texts = await on("engine-1", `${listed} | while read -r file; do echo; cat "$file"; done`);
    expect(found({ "the host": texts })).to.deep.equal([]);
    const own = filesIn(root).filter((file) => !/secrets\.json$|\/compiled\/|\/made\/pki\//.test(file));
    expect(found(Object.fromEntries(own.map((file) => [file, readFileSync(file, "latin1")])))).to.deep.equal([]);
  });

  it("is no argument of a program, on neither side, if it is a content, a command, a condition or a value", async () => {
    const words = [old, later].map(({ every_word: word }) => word.slice(0, 8));
    await on("engine-1", `umask 077; printf '%s\\n' ${words.map(kubeplay.quote).join(" ")} > /root/every-secret.words`);
    await on("engine-1", "rm -f /root/every-secret.stop");
    const onHost = on("engine-1", `perl -e ${kubeplay.quote(watcher)}`);
    const here = new Set<string>();
    const timer = setInterval(() => {
      for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
        try {
          const line = readFileSync(`/proc/${pid}/cmdline`, "latin1");
          if (words.some((word) => line.includes(word))) here.add(line);
        } catch {
          // It has ended.
        }
    }, 10);
    const ended = [await play([], old), await play([], later)];
    clearInterval(timer);
    expect(ended.map(({ code }) => code)).to.deep.equal([2, 2]);
    await (await host("engine-1")).read("touch /root/every-secret.stop");
    expect(await onHost).to.equal("");
    expect([...here]).to.deep.equal([]);
    await on("engine-1", "rm -f /root/every-secret.*");
  });
});
