import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { blockInFile, copyTree, cron, getUrl, git } from "kubeplay";
import { replace, sudoers } from "kubeplay";
import { quote } from "#engine/shell/quote.ts";
import { always } from "../../always.ts";
import { fileName, hostileBytes, hostileText, linkTarget } from "../../hostile.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { on } from "../lab/host.ts";
import { hostileOr, inBase64, isKeptOrRefused, path, plainOr, prepare } from "./attempts.ts";
import { cleared, everything, stage } from "./scenes.ts";

const runs = { runs: 40 };
const dest = `${stage}/lines`;
const bytesOf = (file: string) => `base64 -w 0 < ${quote(file)}`;
/** Each file in a folder with its content. */
const filesIn = (folder: string) => `cd ${folder} && find . -type f -exec sha256sum {} + | LC_ALL=C sort`;
const linesOf = (text: string): string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

describe("hostile properties of an ordinary day", function () {
  this.timeout(600_000);
  let count = 0;
  const folder = temporaryFolder();
  mkdirSync(`${folder}/files`);
  const written = (text: string) => on("engine-1", `${cleared} && printf %s ${inBase64(text)} | base64 -d > ${dest}`);

  always(
    "of a block",
    fc.record({ before: hostileText, block: hostileText, marker: hostileOr("# {mark}") }),
    async ({ before, block, marker }) => {
      await written(before);
      const [text, inner] = [before, block].map((one) => Buffer.from(one).toString()) as [string, string];
      const [begin, end] = ["BEGIN", "END"].map((word) => marker.replace("{mark}", word)) as [string, string];
      await isKeptOrRefused({
        task: blockInFile("b", { path: dest, block, marker }),
        all: everything,
        made: () => ({
          look: bytesOf(dest),
          wanted: inBase64([...linesOf(text), begin, ...linesOf(inner), end, ""].join("\n")),
        }),
      });
    },
    runs,
  );

  always(
    "of a replacement",
    fc.record({ before: hostileText, match: hostileText, by: hostileText }),
    async ({ before, match, by }) => {
      await written(before);
      await isKeptOrRefused({
        task: replace("r", { path: dest, match, with: by }),
        all: everything,
        made: () => ({
          look: bytesOf(dest),
          wanted: inBase64(Buffer.from(before).toString().replace(new RegExp(match, "gm"), by)),
        }),
      });
    },
    runs,
  );

  always(
    "of a tree, whatever its names, texts and links are",
    fc.record({
      to: path.filter((one) => plainOr(one, stage) !== stage),
      files: fc.uniqueArray(fc.record({ name: fileName, content: hostileBytes }), {
        ...{ minLength: 1, maxLength: 4, selector: ({ name }: { readonly name: string }) => name },
      }),
      target: fc.option(linkTarget, { nil: undefined }),
      purge: fc.boolean(),
    }),
    async ({ to, files, target, purge }) => {
      await prepare(to);
      const src = `tree${String(++count)}`;
      mkdirSync(`${folder}/files/${src}/in`, { recursive: true });
      for (const { name, content } of files) writeFileSync(`${folder}/files/${src}/in/${name}`, content);
      if (target !== undefined) symlinkSync(target, `${folder}/files/${src}/link`);
      const own = quote(plainOr(to, stage));
      const sums = files.map(({ content }) => createHash("sha256").update(content).digest("hex")).sort();
      await isKeptOrRefused({
        task: copyTree("c", { src, dest: to, purge }),
        all: everything,
        late: /File exists|Not a directory/,
        made: () => ({
          look: `cd ${own} && find in -type f -exec sh -c 'for file do sha256sum < "$file"; done' sh {} + | cut -c 1-64 | LC_ALL=C sort; readlink -n link | base64 -w 0`,
          wanted: [...sums, ...(target === undefined ? [] : [inBase64(target)])].join("\n"),
        }),
        roleFolder: folder,
      });
    },
    runs,
  );

  always(
    "of a download",
    fc.record({
      to: path,
      url: fc.oneof(
        hostileText,
        hostileText.map((text) => `http://127.0.0.1:9/${text}`),
      ),
      headers: fc.dictionary(hostileOr("X-Header"), hostileText, { maxKeys: 2 }),
    }),
    async ({ to, url, headers }) => {
      await prepare(to);
      await isKeptOrRefused({
        task: getUrl("g", { dest: to, url, headers }),
        all: everything,
        // Nothing answers there, so none is ever made.
        late: /curl|wget/,
        made: () => ({ look: "echo made", wanted: "nothing" }),
      });
    },
    runs,
  );

  always(
    "of a checkout",
    fc.record({ to: path, repo: fc.oneof(hostileText, path), version: hostileOr("main") }),
    async ({ to, repo, version }) => {
      await prepare(to);
      await isKeptOrRefused({
        task: git("g", { dest: to, repo, version }),
        all: everything,
        made: () => ({ look: "echo made", wanted: "nothing" }),
      });
    },
    { runs: 20 },
  );

  always(
    "of a job of cron",
    fc.record(
      {
        ...{ name: hostileOr("hostile"), schedule: hostileOr("@daily"), run: hostileText, user: hostileOr("daemon") },
        environment: fc.dictionary(hostileOr("A"), hostileText, { maxKeys: 2 }),
      },
      { requiredKeys: ["name", "schedule", "run"] },
    ),
    async (props) => {
      await on("engine-1", "rm -f /etc/cron.d/hostile; mkdir -p /etc/cron.d");
      const { name, schedule, run, user = "root", environment = {} } = props;
      await isKeptOrRefused({
        task: cron("c", props),
        all: filesIn("/etc/cron.d"),
        made: () => ({
          look: `${bytesOf(`/etc/cron.d/${name}`)}; rm -f /etc/cron.d/hostile.new`,
          wanted: inBase64(
            `${Object.entries(environment)
              .map(([variable, value]) => `${variable}="${value}"\n`)
              .join("")}${schedule} ${user} ${run.replaceAll("%", "\\%")}\n`,
          ),
        }),
      });
      await on("engine-1", "find /etc/cron.d -mindepth 1 -mmin -1 -delete");
    },
    runs,
  );

  always(
    "of a rule of sudo",
    fc.record(
      {
        name: hostileOr("hostile"),
        who: hostileOr("daemon"),
        commands: fc.array(hostileOr("/bin/true"), { maxLength: 2 }),
        as: hostileOr("ALL"),
      },
      { requiredKeys: ["name", "who", "commands"] },
    ),
    async (props) => {
      const { name, who, commands, as = "ALL" } = props;
      await isKeptOrRefused({
        task: sudoers("s", props),
        all: filesIn("/etc/sudoers.d"),
        late: /the new file is not valid/,
        made: () => ({
          look: `${bytesOf(`/etc/sudoers.d/${name}`)}; visudo --check --quiet`,
          wanted: inBase64(`${who} ALL=(${as}) ${commands.join(", ")}\n`),
        }),
      });
      await on(
        "engine-1",
        `find /etc/sudoers.d -mindepth 1 -name ${quote(name.replace(/[*?[\\\0]/g, "?").slice(0, 200))} -mmin -1 -delete`,
      );
    },
    { runs: 20 },
  );
});
