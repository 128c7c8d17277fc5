import { createHash } from "node:crypto";
import { expect } from "chai";
import { blockInFile, ini, line, mount, replace, sysctl, type Task } from "kubeplay";
import { ChangedSinceError } from "#engine/errors.ts";
import { subject } from "../one-resource.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const before = "old\n";
const file = { type: "file", mode: 0o644, owner: "root", group: "root", identity: "f 644 0 0 7 4 3.5" };

/** A task of each kind that manages a part of a text file, and how its needs name the file's path and text. */
const tasks: readonly (readonly [Task, path: string, text: string])[] = [
  [line("l", { path: "/srv/a", line: "new" }), "path", "content"],
  [blockInFile("b", { path: "/srv/a", block: "new" }), "path", "content"],
  [ini("i", { path: "/srv/a", option: "new", value: 1 }), "path", "content"],
  [replace("r", { path: "/srv/a", match: "old", with: "new" }), "path", "content"],
  [mount("m", { path: "/srv/m", src: "tmpfs", type: "tmpfs" }), "file", "text"],
  [sysctl("s", { name: "kernel.panic", value: 1 }), "path", "text"],
];

for (const [task, path, text] of tasks) {
  const one = subject(task);
  const now = (content: unknown, state: object = { ...file, sha256: sha256(before) }) => ({
    ...{ live: "0", settings: [], [path]: state, [text]: content },
  });
  describe(`a file of which ${"resource" in task.does ? task.does.resource.kind : ""} manages a part`, () => {
    it("is only written if it is the file, with the content, that the change was made from", () => {
      const uploads = one.steps(now(before)).filter((step) => typeof step === "object");
      expect(uploads).to.have.length(1);
      expect(uploads[0]).to.deep.include({ replaces: file.identity, edits: sha256(before) });
    });

    it("is not compared if its text is not what its state is of", () => {
      expect(() => one.diff(now("of another\n"))).to.throw(ChangedSinceError, "was changed while it was read");
      expect(() => one.diff(now(before, { type: "absent" }))).to.throw(ChangedSinceError);
    });

    it("is refused with its first byte that is not UTF-8", () => {
      expect(() => one.diff(now({ binary: 9, wrong: "byte 7 (0xfc) in line 2" }))).to.throw(
        /^\/\S+ is not text: byte 7 \(0xfc\) in line 2 is not UTF-8: convert the file/,
      );
      expect(() => one.diff(now({ binary: 2 << 20 }))).to.throw("is not text, or is too large to edit");
    });
  });
}
