import fc from "fast-check";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { binary } from "kubeplay";
import { quote } from "#engine/shell/quote.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { holds } from "./holds.ts";
import { cleared, everything, placed, stage, there } from "./scenes.ts";
import { account, base64, bytesOf, content, fileName, mode, octal } from "./words.ts";

const scenes = fc.record({
  name: fileName,
  before: there,
  content,
  mode: fc.option(mode, { nil: undefined }),
  owner: fc.option(account, { nil: undefined }),
});

describe("a program", () => {
  const folder = temporaryFolder();
  let count = 0;

  holds("is installed, kept and removed, over any earlier state", scenes, ({ name, before, content, mode, owner }) => {
    const src = path.join(folder, `program ${String(++count)}`);
    writeFileSync(src, bytesOf(content));
    const dest = `${stage}/${name}`;
    const task = binary("b", { src, dest, ...(mode !== undefined && { mode }), ...(owner !== undefined && { owner }) });
    const arrange = `${cleared} && ${placed(dest, before)}`;
    if (before.type === "directory")
      return { arrange, task, look: everything, refused: /is a directory, expected a program/ };
    const was = before.type === "file" ? before.permissions.owner : "root";
    return {
      arrange,
      task,
      look: `stat -c '%F %a %U' -- ${quote(dest)} && base64 -w 0 < ${quote(dest)} && cat ${stage}/other-file`,
      wanted: `regular ${bytesOf(content).length === 0 ? "empty file" : "file"} ${octal(mode ?? 0o755)} ${owner ?? was}\n${base64(content)}other`,
      undo: {
        task: binary("b", { dest, state: "absent" }),
        look: `ls -A ${stage}`,
        wanted: "other-directory\nother-file",
      },
    };
  });
});
