import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { archive } from "kubeplay";
import { quote } from "#engine/shell/quote.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { holds } from "./holds.ts";
import { cleared, everything, placed, stage, there } from "./scenes.ts";
import { content, fileName, bytesOf } from "./words.ts";

const scenes = fc.record({
  name: fileName,
  before: there,
  /** Paths in the archive, none of which contains another. */
  files: fc.uniqueArray(fc.record({ folder: fc.constantFrom("", "f/", "f/g h/"), name: fileName, content }), {
    selector: ({ folder, name }) => folder + name,
    minLength: 1,
    maxLength: 5,
  }),
  strip: fc.constantFrom(0, 1),
  compressed: fc.boolean(),
});

describe("an archive", () => {
  const folder = temporaryFolder();
  let count = 0;

  holds(
    "is unpacked once beside existing files, and removed with its folder",
    scenes,
    ({ name, before, files, strip, compressed }) => {
      // A new name each time, because facts about a file on the controller are cached while it seems unchanged.
      const src = path.join(folder, `${String(++count)}.tar`);
      const top = strip === 1 ? "top/" : "";
      const own = files.map((one) => ({ ...one, name: `x${one.name}` }));
      rmSync(`${folder}/tree`, { recursive: true, force: true });
      for (const one of own) {
        mkdirSync(`${folder}/tree/${top}${one.folder}`, { recursive: true });
        writeFileSync(`${folder}/tree/${top}${one.folder}${one.name}`, bytesOf(one.content));
      }
      execFileSync("tar", ["-C", `${folder}/tree`, compressed ? "-czf" : "-cf", src, strip === 1 ? "top" : "."]);
      const dest = `${stage}/${name}`;
      const arrange = `${cleared} && ${placed(dest, before)}`;
      const task = archive("a", { src, dest, strip });
      if (
        before.type !== "absent" &&
        before.type !== "directory" &&
        !(before.type === "link" && before.to === "directory")
      )
        return {
          arrange,
          task,
          look: everything,
          refusedLate: /File exists|Not a directory|cannot create directory|does not exist/,
        };
      const sums = `cd ${quote(dest)}/ && find . -name 'x*' -type f -exec sh -c 'for file do sha256sum < "$file"; done' sh {} + | cut -c 1-64 | sort`;
      return {
        arrange,
        task,
        look: `${sums}; stat -L -c %a ${quote(dest)}; ls -A ${quote(dest)}/ | grep -c '^[.]kubeplay[.]' || :; cat ${quote(dest)}/in 2>/dev/null || :`,
        wanted: [
          ...own.map((one) => sumOf(bytesOf(one.content))).sort(),
          before.type === "directory" ? before.permissions.mode.toString(8) : "755",
          "0",
          ...(before.type === "absent" ? [] : ["in"]),
        ].join("\n"),
        found: ["content"],
        undo: {
          task: archive("a", { dest, state: "absent" }),
          look: `ls -A ${stage}; cat ${stage}/other-directory/in`,
          wanted: "other-directory\nother-file\nin",
        },
      };
    },
  );
});

const sumOf = (bytes: Uint8Array): string => execFileSync("sha256sum", { input: bytes, encoding: "utf8" }).slice(0, 64);
