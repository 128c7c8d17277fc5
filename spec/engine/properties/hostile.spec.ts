import { expect } from "chai";
import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { archive, binary, command, directory, file, group, kernelModule, line, link, packages } from "kubeplay";
import { service, sysctl, template, unit, user, wait } from "kubeplay";
import { connect } from "#engine/connection/connect.ts";
import { absolutePath } from "#engine/queries/keys.ts";
import { asUser } from "#engine/runner/execute/task-targets.ts";
import { quote } from "#engine/shell/quote.ts";
import { always } from "../../always.ts";
import { fileName, hostileBytes, hostileNumber, hostileText, linkTarget } from "../../hostile.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { on, target } from "../lab/host.ts";
import { hostileOr, inBase64, isKeptOrRefused, isWord, path, plainOr, prepare } from "./attempts.ts";
import { cleared, everything, stage, targets } from "./scenes.ts";

const runs = { runs: 40 };

describe("hostile properties", function () {
  this.timeout(600_000);
  let count = 0;
  const folder = temporaryFolder();
  for (const name of ["templates", "files"]) mkdirSync(`${folder}/${name}`);
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
        foreseen: /group '.*' does not exist/,
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

  always(
    "of a binary, whatever its bytes are",
    fc.record({ dest: path, bytes: hostileBytes }),
    async ({ dest, bytes }) => {
      await prepare(dest);
      // A new name each time: facts about a file of the controller are kept while it seems unchanged.
      const src = `${String(++count)}.bin`;
      writeFileSync(`${folder}/files/${src}`, bytes);
      await isKeptOrRefused({
        task: binary("b", { dest, src }),
        all: everything,
        made: () => ({ look: `base64 -w 0 < ${quote(absolutePath(dest))}`, wanted: inBase64(bytes) }),
        roleFolder: folder,
      });
    },
    runs,
  );

  const member = fc.record({ name: fileName.map((name) => `x${name}`), content: fc.oneof(hostileText, hostileBytes) });
  always(
    "of an archive, whatever the names and links in it are",
    fc.record({
      dest: path.filter((one) => plainOr(one, stage) !== stage),
      members: fc.uniqueArray(member, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
      link: fc.option(linkTarget, { nil: undefined }),
      climbs: fc.boolean(),
      throughLink: fc.boolean(),
    }),
    async ({ dest, members, link: target, climbs, throughLink }) => {
      await prepare(dest);
      const src = `${String(++count)}.tar`;
      const tree = `${folder}/tree-${src}`;
      mkdirSync(tree);
      const tar = (...args: readonly string[]) =>
        execFileSync("tar", ["-C", tree, "-rPf", `${folder}/files/${src}`, ...args]);
      for (const { name, content } of members) writeFileSync(`${tree}/${name}`, content);
      if (target !== undefined) symlinkSync(target, `${tree}/link`);
      tar(".");
      writeFileSync(`${tree}/evil`, "evil\n");
      symlinkSync(targets.directory, `${tree}/way`);
      if (climbs) tar("--transform=s,^,../,", "evil");
      if (throughLink) {
        tar("way");
        tar("--transform=s,evil,way/in,", "evil");
      }
      const own = quote(plainOr(dest, stage));
      // find takes it for a pattern.
      const asPattern = quote(plainOr(dest, stage).replace(/[*?[\\]/g, "\\$&"));
      const sums = members.map((one) => createHash("sha256").update(one.content).digest("hex")).sort();
      const outside = `find ${stage} -path ${asPattern} -prune -o -printf '%y %m %u:%g %p -> %l\\n' | LC_ALL=C sort; cat ${targets.directory}/in`;
      // A run makes the folder before it looks into the archive.
      await on("engine-1", `mkdir -p -- ${own}`);
      const before = await on("engine-1", outside);
      await isKeptOrRefused({
        task: archive("a", { dest, src }),
        all: everything,
        late: /tar: |Not a directory|File exists/,
        made: () => ({
          look: `cd ${own} && find . -name 'x*' -type f -exec sh -c 'for file do sha256sum < "$file"; done' sh {} + | cut -c 1-64 | LC_ALL=C sort`,
          wanted: sums.join("\n"),
        }),
        roleFolder: folder,
      });
      expect(await on("engine-1", outside), "beside it").to.equal(before);
    },
    runs,
  );

  always(
    "of packages",
    fc.array(hostileOr("hello"), { minLength: 1, maxLength: 2 }),
    async (names) => {
      await isKeptOrRefused({
        task: packages("p", { names }),
        all: "dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}\\n'",
        late: /exit code \d+: E: /,
        made: () => ({
          look: `dpkg-query -W -f '\${db:Status-Status}\\n' ${names.map((name) => quote(name.replace(/=.*/, ""))).join(" ")} | sort -u`,
          wanted: "installed",
        }),
      });
    },
    { runs: 15 },
  );

  always(
    "of a service",
    fc.record({ name: hostileOr("cron"), enabled: fc.boolean() }),
    async ({ name, enabled }) => {
      await isKeptOrRefused({
        task: service("s", { name, enabled, state: "started" }),
        all: units,
        late: /exit code|not be found|not found|does not exist/,
        made: () => ({ look: `systemctl is-active -- ${quote(name)}`, wanted: "active" }),
      });
    },
    runs,
  );

  always(
    "of a module of the kernel",
    fc.record({ name: hostileOr("overlay") }),
    async ({ name }) => {
      await isKeptOrRefused({
        task: kernelModule("k", { name }),
        all: "find /etc/modules-load.d /etc/modprobe.d -printf '%y %p %l\\n' | LC_ALL=C sort",
        late: /the kernel has no module|exit code/,
        made: () => ({ look: `ls -d /sys/module/${quote(name.replaceAll("-", "_"))} | wc -l`, wanted: "1" }),
      });
    },
    runs,
  );

  always(
    "of a wait for a port",
    fc.record({ host: hostileOr("127.0.0.1"), port: fc.oneof(hostileNumber, fc.constant(22)) }),
    async (until) => {
      await on("engine-1", cleared);
      await isKeptOrRefused({
        task: wait("w", { until, timeout: 0 }),
        all: everything,
        late: /timed out after 0 s/,
        made: () => ({ look: "true", wanted: "" }),
      });
    },
    runs,
  );

  always(
    "of a condition to wait for, and of what it needs",
    fc.record({ text: hostileText.filter(isWord), what: hostileText }),
    async ({ text, what }) => {
      await on("engine-1", `${cleared} && printf %s ${inBase64(text)} | base64 -d > ${stage}/text`);
      await isKeptOrRefused({
        task: wait("w", { until: `[ ${quote(text)} = "$(cat ${stage}/text; echo x)" ]`, what, timeout: 0 }),
        all: everything,
        late: /timed out after 0 s/,
        made: () => ({ look: "true", wanted: "" }),
      });
    },
    { runs: 15 },
  );

  always(
    "of the user that a task becomes",
    hostileOr("daemon"),
    async (name) => {
      await on("engine-1", cleared);
      const before = await on("engine-1", everything);
      const said = await as(name).catch((error: unknown) => error);
      if (typeof said === "string") expect(said).to.equal(name);
      else expect(said).to.have.property("name").that.is.oneOf(["InputError", "TaskError", "UnreachableError"]);
      expect(await on("engine-1", everything)).to.equal(before);
    },
    runs,
  );

  /** Who a command runs as if its task becomes this user. */
  async function as(name: string): Promise<string> {
    const task = command("c", { run: "true" }).become(name);
    const writer = await connect(asUser(target("engine-1"), task.user, false));
    try {
      return (await writer.run("id -un")).stdout.trimEnd();
    } finally {
      await writer.close();
    }
  }
});
