import { expect } from "chai";
import fc from "fast-check";
import { mkdirSync, writeFileSync } from "node:fs";
import { command, directory, file, group, line, link, sysctl, template, unit, user } from "kubeplay";
import { PlayError } from "#engine/errors.ts";
import { absolutePath } from "#engine/queries/keys.ts";
import { quote } from "#engine/shell/quote.ts";
import type { Task } from "#engine/tasks/task.ts";
import { always } from "../../always.ts";
import { hostileBytes, hostileNumber, hostileText } from "../../hostile.ts";
import { keep, namesOf, predict } from "../../lib/engine/resources/keep.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { host, on } from "../lab/host.ts";
import { cleared, everything, stage } from "./scenes.ts";

interface Attempt {
  readonly task: Task;
  /** A script that prints everything that the task may have changed. */
  readonly all: string;
  /** If the task is accepted: a script that prints what it made, and the output. */
  readonly made: () => { readonly look: string; readonly wanted: string };
  readonly roleFolder?: string;
  /** The refusals that only a run can know. */
  readonly late?: RegExp;
}

/**
 * Whatever the properties: either the task is refused with a message for people, in a check too, and nothing is changed;
 * or the host then has exactly what was asked, and a second run changes nothing.
 */
async function isKeptOrRefused({ task, all, made, roleFolder, late }: Attempt): Promise<void> {
  const writer = await host("engine-1");
  const before = await on("engine-1", all);
  const predicted = await errorOf(predict(writer, task, roleFolder));
  const refused = await errorOf(keep(writer, task, roleFolder));
  if (refused) {
    expect(refused).to.be.instanceOf(PlayError);
    if (!late?.test(refused.message)) expect(predicted?.message, "what check mode says").to.equal(refused.message);
    expect(await on("engine-1", all), "after a refusal").to.equal(before);
    return;
  }
  expect(predicted).to.equal(undefined);
  const { look, wanted } = made();
  expect(await on("engine-1", look)).to.equal(wanted.trimEnd());
  expect(namesOf(await keep(writer, task, roleFolder)), "the second time").to.deep.equal([]);
}

const errorOf = (work: Promise<unknown>): Promise<Error | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => error as Error,
  );

const inBase64 = (content: string | Uint8Array): string => Buffer.from(content).toString("base64");
const nameOrWord = fc.oneof(hostileText, fc.constantFrom("plain", "two words"));
const path = nameOrWord.map((name) => `${stage}/${name}`);

/** Clears the stage, and makes the folder of a path if there can be one. */
async function prepare(of: string): Promise<void> {
  const folder = plainOr(of, stage).replace(/\/[^/]*$/, "");
  await on("engine-1", `${cleared} && mkdir -p -- ${quote(folder)} && chattr -i ${stage} 2>/dev/null || :`);
}

function plainOr(of: string, other: string): string {
  try {
    return absolutePath(of);
  } catch {
    return other;
  }
}

const runs = { runs: 40 };

describe("hostile properties", function () {
  this.timeout(300_000);
  const folder = temporaryFolder();
  mkdirSync(`${folder}/templates`);
  writeFileSync(`${folder}/templates/t.hbs`, "begin\n{{{value}}}\n{{#each list}}{{{this}}}{{/each}}end\n");

  always(
    "of a file",
    fc.record({
      dest: path,
      content: fc.oneof(hostileText, hostileBytes),
      mode: fc.oneof(hostileNumber, fc.constant(0o644)),
    }),
    async ({ dest, content, mode }) => {
      await prepare(dest);
      await isKeptOrRefused({
        task: file("f", { dest, content, mode }),
        all: everything,
        made: () => ({ look: `base64 -w 0 < ${quote(absolutePath(dest))}`, wanted: inBase64(content) }),
      });
    },
    runs,
  );

  always(
    "of a template and its values",
    fc.record({ dest: path, value: hostileText, list: fc.array(hostileText, { maxLength: 3 }) }),
    async ({ dest, value, list }) => {
      await prepare(dest);
      await isKeptOrRefused({
        task: template("t", { dest, src: "t.hbs", values: { value, list } }),
        all: everything,
        made: () => ({
          look: `base64 -w 0 < ${quote(absolutePath(dest))}`,
          wanted: inBase64(`begin\n${value}\n${list.join("")}end\n`),
        }),
        roleFolder: folder,
      });
    },
    runs,
  );

  always(
    "of a line",
    fc.record({ before: hostileText, line: hostileText }),
    async ({ before, line: wanted }) => {
      const dest = `${stage}/lines`;
      await on("engine-1", `${cleared} && printf %s ${inBase64(before)} | base64 -d > ${dest}`);
      const text = Buffer.from(before).toString();
      const lines = text.replace(/\n$/, "").split("\n");
      await isKeptOrRefused({
        task: line("l", { path: dest, line: wanted }),
        all: everything,
        made: () => ({
          look: `base64 -w 0 < ${dest}`,
          wanted: inBase64(
            lines.includes(wanted) && text !== "" ? text : [...(text === "" ? [] : lines), wanted, ""].join("\n"),
          ),
        }),
      });
    },
    runs,
  );

  always(
    "of a link",
    fc.record({ dest: path, target: hostileText, replaced: fc.boolean() }),
    async ({ dest, target, replaced }) => {
      await prepare(dest);
      if (replaced && plainOr(dest, stage) !== stage)
        await on("engine-1", `[ -e ${quote(absolutePath(dest))} ] || ln -s nowhere ${quote(absolutePath(dest))}`);
      await isKeptOrRefused({
        task: link("l", { dest, target }),
        all: everything,
        made: () => ({ look: `readlink -n -- ${quote(absolutePath(dest))} | base64 -w 0`, wanted: inBase64(target) }),
      });
    },
    runs,
  );

  always(
    "of a directory",
    fc.record({
      path,
      mode: fc.oneof(hostileNumber, fc.constant(0o750)),
      owner: fc.constantFrom("daemon", "-R", "--reference=/etc/shadow", "root:root", "", "daemon\nroot", ":", "\0"),
    }),
    async (props) => {
      await on("engine-1", cleared);
      await isKeptOrRefused({
        task: directory("d", props),
        all: everything,
        made: () => ({
          look: `stat -c '%F %U' -- ${quote(absolutePath(props.path))}`,
          wanted: `directory ${props.owner}`,
        }),
      });
    },
    runs,
  );

  always(
    "of a command, its environment and what it creates",
    fc.record({
      text: hostileText,
      creates: path.filter((one) => plainOr(one, "") !== stage),
      name: fc.oneof(fc.constant("TEXT"), hostileText),
    }),
    async ({ text, creates, name }) => {
      await prepare(creates);
      const plain = plainOr(creates, `${stage}/out`);
      await isKeptOrRefused({
        task: command("c", {
          run: `printf %s "$TEXT" > ${quote(plain)}`,
          creates,
          environment: { TEXT: "", [name]: text },
        }),
        all: everything,
        made: () => ({ look: `base64 -w 0 < ${quote(plain)}`, wanted: inBase64(name === "TEXT" ? text : "") }),
      });
    },
    runs,
  );

  const accounts = "cd /etc && sort passwd group shadow gshadow";
  /** Brings the accounts back to those that the host had. */
  const asBefore =
    "cd /etc && mkdir -p /run/spec && for file in passwd group shadow gshadow; do [ -e /run/spec/$file ] || cp -p $file /run/spec; cat /run/spec/$file > $file; done";
  const hostileOr = <T>(usual: T) => fc.oneof(hostileText, fc.constant(usual));
  always(
    "of a user",
    fc.record(
      {
        name: hostileOr("zoe"),
        comment: hostileOr("Zoe"),
        home: hostileOr("/srv/zoe"),
        shell: hostileOr("/bin/sh"),
        groups: fc.array(hostileOr("games"), { maxLength: 2 }),
      },
      { requiredKeys: ["name"] },
    ),
    async (props) => {
      await on("engine-1", asBefore);
      await isKeptOrRefused({
        task: user("u", { system: true, ...props }),
        all: accounts,
        made: () => ({
          look: `getent passwd ${quote(props.name)} | cut -d : -f 1,5- | base64 -w 0`,
          wanted: inBase64(
            `${[props.name, props.comment ?? "", props.home ?? `/home/${props.name}`, props.shell ?? "/usr/sbin/nologin"].join(":")}\n`,
          ),
        }),
      });
    },
    runs,
  );

  always(
    "of a group",
    fc.record({ name: hostileText }),
    async ({ name }) => {
      await on("engine-1", asBefore);
      await isKeptOrRefused({
        task: group("g", { name, system: true }),
        all: accounts,
        made: () => ({ look: `getent group ${quote(name)} | cut -d : -f 1`, wanted: name }),
      });
    },
    runs,
  );

  const units = "cd /etc/systemd/system && find . -printf '%y %p\\n' | LC_ALL=C sort";
  const unitsAsBefore =
    "mkdir -p /run/spec; [ -e /run/spec/began ] || touch /run/spec/began; cd /etc/systemd/system && find . -mindepth 1 -depth -cnewer /run/spec/began -delete; systemctl daemon-reload";
  always(
    "of a unit and a drop-in",
    fc.record(
      { name: hostileOr("sample.service"), dropIn: hostileOr("10-sample"), text: hostileText },
      { requiredKeys: ["name"] },
    ),
    async ({ name, dropIn, text = "" }) => {
      await on("engine-1", unitsAsBefore);
      const content = `[Service]\nExecStart=/bin/true\nEnvironment=${JSON.stringify(text.replace(/[^\x20-\x7e]/g, ""))}\n`;
      await isKeptOrRefused({
        task: unit("u", { name, content, ...(dropIn !== undefined && { dropIn }) }),
        all: units,
        made: () => {
          const full = `/etc/systemd/system/${name.endsWith(".service") ? name : `${name}.service`}`;
          const written = dropIn === undefined ? full : `${full}.d/${dropIn}.conf`;
          return { look: `base64 -w 0 < ${quote(written)}`, wanted: inBase64(content) };
        },
      });
    },
    runs,
  );

  always(
    "of a parameter of the kernel",
    fc.record({
      name: hostileOr("net.ipv4.ip_default_ttl"),
      value: fc.oneof(hostileText, hostileNumber, fc.constant(64)),
      file: hostileOr("90-hostile"),
    }),
    async (props) => {
      await on("engine-1", "rm -f /etc/sysctl.d/*hostile*; sysctl -qw net.ipv4.ip_default_ttl=64");
      await isKeptOrRefused({
        task: sysctl("s", props),
        all: "cd /etc/sysctl.d && find . -type f -exec sha256sum {} + | LC_ALL=C sort; cat /proc/sys/net/ipv4/ip_default_ttl",
        late: /Invalid argument|I\/O error|the kernel has no parameter/,
        made: () => ({ look: "cat /proc/sys/net/ipv4/ip_default_ttl", wanted: String(Number(props.value)) }),
      });
    },
    runs,
  );
});
