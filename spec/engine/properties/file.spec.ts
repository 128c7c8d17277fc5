import fc from "fast-check";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { file } from "kubeplay";
import { quote } from "#engine/shell/quote.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { holds } from "./holds.ts";
import { cleared, everything, placed, stage, there, type There } from "./scenes.ts";
import { accountWord, base64, bytesOf, content, fileName, mode, octal, type Content } from "./words.ts";

const wanted = fc.record(
  {
    content,
    fromController: fc.boolean(),
    mode,
    owner: accountWord,
    group: accountWord,
    validated: fc.boolean(),
    secret: fc.boolean(),
  },
  { requiredKeys: ["content"] },
);
/** The existing file often has some of the desired properties already. */
const scenes = fc.record({ name: fileName, before: there, wanted, sameContent: fc.boolean(), sameMode: fc.boolean() });

describe("a file", () => {
  const folder = temporaryFolder();

  holds("is written, kept and removed, over any earlier state", scenes, ({ name, wanted, ...scene }) => {
    const dest = `${stage}/${name}`;
    const before = alike(scene.before, {
      ...(scene.sameContent && { content: wanted.content }),
      ...(scene.sameMode && { mode: wanted.mode ?? 0o644 }),
    });
    const bytes = bytesOf(wanted.content);
    const src = `${folder}/source`;
    if (wanted.fromController) writeFileSync(src, bytes);
    const task = file("f", {
      dest,
      ...(wanted.fromController ? { src } : { content: typeof wanted.content === "string" ? wanted.content : bytes }),
      ...(wanted.mode !== undefined && { mode: wanted.mode }),
      ...(wanted.owner && { owner: wanted.owner.word }),
      ...(wanted.group && { group: wanted.group.word }),
      ...(wanted.validated && {
        validate: `sha256sum %s | grep -q ${createHash("sha256").update(bytes).digest("hex")}`,
      }),
      ...(wanted.secret && { secret: true }),
    });
    const arrange = `${cleared} && ${placed(dest, before)}`;
    if (before.type === "directory")
      return { arrange, task, look: everything, refused: /is a directory, expected a file/ };
    const is = before.type === "file" ? before : undefined;
    const as = {
      mode: wanted.mode ?? 0o644,
      owner: wanted.owner?.name ?? is?.permissions.owner ?? "root",
      group: wanted.group?.name ?? is?.permissions.group ?? "root",
    };
    const word = bytes.length === 0 ? "empty file" : "file";
    return {
      arrange,
      task,
      look: `stat -c '%F %a %U:%G' -- ${quote(dest)} && base64 -w 0 < ${quote(dest)} && cat ${stage}/other-file`,
      wanted: `regular ${word} ${octal(as.mode)} ${as.owner}:${as.group}\n${base64(wanted.content)}other`,
      found: [
        ...(before.type === "link" ? ["type"] : []),
        ...(is && same(is.content, wanted.content) ? [] : ["content"]),
        ...(["mode", "owner", "group"] as const).filter((what) => is && is.permissions[what] !== as[what]),
      ],
      undo: {
        task: file("f", { dest, state: "absent" }),
        look: `ls -A ${stage}`,
        wanted: "other-directory\nother-file",
      },
    };
  });
});

const alike = (before: There, { content, mode }: { readonly content?: Content; readonly mode?: number }): There =>
  before.type === "file"
    ? {
        ...before,
        ...(content !== undefined && { content }),
        permissions: { ...before.permissions, ...(mode !== undefined && { mode }) },
      }
    : before;

const same = (a: Content, b: Content): boolean => Buffer.from(bytesOf(a)).equals(bytesOf(b));
