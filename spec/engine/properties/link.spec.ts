import fc from "fast-check";
import { link } from "kubeplay";
import { quote } from "#engine/shell/quote.ts";
import { holds } from "./holds.ts";
import { cleared, everything, placed, stage, targets, there } from "./scenes.ts";
import { fileName, words } from "./words.ts";

const scenes = fc.record({
  name: fileName,
  before: there,
  /** The current target in half of the scenes with a link. */
  target: fc.oneof(words, fc.constantFrom(...Object.values(targets))),
});

describe("a link", () => {
  holds("is made, changed and removed, without changing its target", scenes, ({ name, before, target }) => {
    const dest = `${stage}/${name}`;
    const task = link("l", { dest, target });
    const arrange = `${cleared} && ${placed(dest, before)}`;
    const look = `readlink -n -- ${quote(dest)}; echo; cd ${stage} && cat other-file other-directory/in && ls -A | LC_ALL=C sort`;
    if (before.type === "file" || before.type === "directory")
      return {
        arrange,
        task,
        look: everything,
        refused: new RegExp(`is a ${before.type}, expected a link or nothing`),
      };
    const wanted = (to: string, ...own: string[]) =>
      [to, "other", "in", ...["other-directory", "other-file", ...own].sort(bytewise)].join("\n");
    return {
      arrange,
      task,
      look,
      wanted: wanted(target, name),
      found: before.type === "link" && target === targets[before.to] ? [] : ["target"],
      undo: { task: link("l", { dest, state: "absent" }), wanted: wanted("") },
    };
  });
});

const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
