import fc from "fast-check";
import { directory } from "kubeplay";
import { quote } from "#engine/shell/quote.ts";
import { holds } from "./holds.ts";
import { cleared, everything, placed, stage, there } from "./scenes.ts";
import { accountWord, fileName, mode, octal } from "./words.ts";

const scenes = fc.record({
  /** Existing and missing folders above it. */
  present: fc.array(fileName, { maxLength: 2 }),
  missing: fc.array(fileName, { maxLength: 2 }),
  /** Whether a file is above the missing folders. */
  blocked: fc.boolean(),
  name: fileName,
  before: there,
  wanted: fc.record({ mode, owner: accountWord, group: accountWord }, { requiredKeys: [] }),
  /** The path in different notations. */
  slashes: fc.constantFrom("", "/"),
});

describe("a directory", () => {
  holds("is made with its parents, kept, and removed with its contents", scenes, (scene) => {
    const { present, missing, name, wanted } = scene;
    const parent = [stage, ...present.map((one) => `p${one}`)].join("/");
    const above = [parent, ...missing.map((one) => `m${one}`)].join("/");
    const path = `${above}/${name}`;
    const before = missing.length > 0 ? ({ type: "absent" } as const) : scene.before;
    const task = directory("d", {
      path: `${path}${before.type === "link" ? "" : scene.slashes}`,
      ...(wanted.mode !== undefined && { mode: wanted.mode }),
      ...(wanted.owner && { owner: wanted.owner.word }),
      ...(wanted.group && { group: wanted.group.word }),
    });
    const arrange = `${cleared} && mkdir -p -- ${quote(parent)} && ${placed(path, before)}`;
    if (scene.blocked && missing[0] !== undefined) {
      const blocking = ` && touch -- ${quote(`${parent}/m${missing[0]}`)}`;
      return { arrange: arrange + blocking, task, look: everything, refused: /cannot be made: .* is a file/ };
    }
    if (before.type === "file") return { arrange, task, look: everything, refused: /is a file, expected a directory/ };
    if (before.type === "pipe") return { arrange, task, look: everything, refusedLate: /File exists/ };
    if (before.type === "link" && before.to !== "directory")
      return { arrange, task, look: everything, refused: /is a link to .*, which is not a directory/ };
    const undo = {
      task: directory("d", { path, state: "absent" as const }),
      look: `ls -A -- ${quote(above)}; cat ${stage}/other-directory/in`,
      wanted: above === stage ? "other-directory\nother-file\nin" : "in",
    };
    if (before.type === "link")
      return { arrange, task, look: `readlink -- ${quote(path)}`, wanted: `${stage}/other-directory`, found: [], undo };
    const is = before.type === "directory" ? before.permissions : undefined;
    const as = {
      mode: wanted.mode ?? is?.mode ?? 0o755,
      owner: wanted.owner?.name ?? is?.owner ?? "root",
      group: wanted.group?.name ?? is?.group ?? "root",
    };
    return {
      arrange,
      task,
      look: `stat -c '%F %a %U:%G' -- ${quote(path)} && stat -c '%a %U:%G' -- ${quote(above)}`,
      wanted: `directory ${octal(as.mode)} ${as.owner}:${as.group}\n755 root:root`,
      found: is ? (["mode", "owner", "group"] as const).filter((what) => is[what] !== as[what]) : ["state"],
      undo,
    };
  });
});
