import fc from "fast-check";
import { mkdirSync, writeFileSync } from "node:fs";
import { template } from "kubeplay";
import { quote } from "#engine/shell/quote.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { holds } from "./holds.ts";
import { cleared, everything, placed, stage, there } from "./scenes.ts";
import { base64, fileName, mode, octal, text } from "./words.ts";

const scenes = fc.record({
  name: fileName,
  before: there,
  /** Rendered literally: a value is never interpreted as a template. */
  value: text,
  mode: fc.option(mode, { nil: undefined }),
  secret: fc.boolean(),
});

describe("a template", () => {
  const folder = temporaryFolder();
  mkdirSync(`${folder}/templates`);
  writeFileSync(`${folder}/templates/t.hbs`, "begin\n{{{value}}}\nend\n");

  holds(
    "is rendered, kept and removed, over any earlier state",
    scenes,
    ({ name, before, value, mode, secret }) => {
      const dest = `${stage}/${name}`;
      const task = template("t", {
        ...{ dest, src: "t.hbs", values: { value }, secret },
        ...(mode !== undefined && { mode }),
      });
      const arrange = `${cleared} && ${placed(dest, before)}`;
      if (before.type === "directory")
        return { arrange, task, look: everything, refused: /is a directory, expected a file/ };
      return {
        arrange,
        task,
        look: `stat -c '%F %a' -- ${quote(dest)} && base64 -w 0 < ${quote(dest)}`,
        wanted: `regular file ${octal(mode ?? 0o644)}\n${base64(`begin\n${value}\nend\n`)}`,
        undo: {
          task: template("t", { dest, state: "absent" }),
          look: `ls -A ${stage}`,
          wanted: "other-directory\nother-file",
        },
      };
    },
    { roleFolder: folder },
  );
});
