import { createHash } from "node:crypto";
import { expect } from "chai";
import { file } from "kubeplay";
import { content } from "#engine/queries/content.ts";
import { fileToCome } from "#engine/queries/controller-file.ts";
import { asked, subject } from "../one-resource.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const there = (text: string) => ({
  type: "file",
  mode: 0o644,
  owner: "root",
  group: "root",
  size: text.length,
  sha256: sha256(text),
});
const absent = { type: "absent" };

describe("the resource file", () => {
  const dest = "/etc/motd";
  const motd = subject(file("Write it", { dest, content: "new\n" }));

  it("asks only for the path if its content is in memory", () => {
    expect(asked(motd)).to.deep.equal(["path /etc/motd"]);
    expect(motd.label).to.equal("/etc/motd");
  });

  it("has no differences if it is in the desired state", () => {
    expect(motd.diff({ path: there("new\n") })).to.deep.equal([]);
  });

  it("is written if it is absent, by default owned by root", () => {
    expect(motd.diff({ path: absent })).to.deep.equal([{ what: "content", before: undefined, after: "new\n" }]);
    expect(motd.steps({ path: absent })).to.deep.equal([
      { upload: "new\n", to: dest, mode: 0o644, replaces: "absent" },
    ]);
    expect(motd.forecast({ path: absent })).to.deep.equal({ path: there("new\n") });
  });

  it("shows the old and the new content, and keeps its owner", () => {
    const path = { ...there("old\n"), owner: "kube", group: "kube", uid: 5, gid: 5 };
    expect(motd.diff({ path })).to.deep.equal([{ what: "content", before: content(dest), after: "new\n" }]);
    expect(motd.steps({ path })).to.deep.equal([
      { upload: "new\n", to: dest, mode: 0o644, owner: "kube", group: "kube" },
    ]);
    expect(motd.forecast({ path }).path).to.include({ owner: "kube", uid: 5, gid: 5, sha256: sha256("new\n") });
  });

  it("is not written again if only its owner and mode differ", () => {
    const owned = subject(file("Write it", { dest, content: "new\n", owner: "kube", group: "7", mode: 0o640 }));
    expect(owned.diff({ path: there("new\n") })).to.deep.equal([
      { what: "mode", before: "0644", after: "0640" },
      { what: "owner", before: "root", after: "kube" },
      { what: "group", before: "root", after: "7" },
    ]);
    expect(owned.steps({ path: there("new\n") })).to.deep.equal([
      "kubeplay_enter '/etc' && kubeplay_permit 'motd' '' 'kube:7' '00640'",
    ]);
    const after = owned.forecast({ path: there("new\n") }).path;
    expect(after).to.include({ mode: 0o640, owner: "kube", gid: 7 });
    expect(after, "whose name only the host knows").not.to.have.property("group");
    expect(owned.diff({ path: after as object })).to.deep.equal([]);
    const named = { ...there("new\n"), mode: 0o640, owner: "kube", group: "seven", gid: 7 };
    expect(owned.diff({ path: named }), "a number that means the group's name").to.deep.equal([]);
  });

  it("shows neither the old nor the new content if it is secret", () => {
    const secret = subject(file("Write it", { dest, content: "password", secret: true }));
    expect(secret.diff({ path: there("old") })).to.deep.equal([
      { what: "content", before: undefined, after: undefined, secret: true },
    ]);
  });

  it("replaces a link, and says so", () => {
    const path = { type: "link", target: "/run/motd", toDirectory: false };
    expect(motd.diff({ path })[0]).to.deep.equal({ what: "type", before: "link to /run/motd", after: "file" });
  });

  it("forecasts the answers to all other queries of its path", () => {
    expect(motd.effects).to.deep.equal({
      "path /etc/motd": there("new\n"),
      "content /etc/motd": "new\n",
      "digest /etc/motd": sha256("new\n"),
    });
  });

  it("is removed with state absent; a directory is not removed", () => {
    const gone = subject(file("Remove it", { dest, state: "absent" }));
    expect(gone.diff({ path: absent })).to.deep.equal([]);
    expect(gone.diff({ path: there("") })).to.deep.equal([{ what: "state", before: "present", after: "absent" }]);
    expect(gone.steps({ path: there("") })).to.deep.equal(["kubeplay_enter '/etc' && rm -f -- ./'motd'"]);
    expect(gone.forecast({ path: there("") })).to.deep.equal({ path: absent });
    expect(() => gone.diff({ path: { type: "directory", mode: 0o755 } })).to.throw("/etc/motd is a directory");
  });

  it("refuses to validate the file without its name", () => {
    const blind = () => subject(file("Write it", { dest, content: "new\n", validate: "nginx -t" }));
    expect(blind).to.throw("the validate command of /etc/motd has no %s");
  });

  describe("copied from the controller", () => {
    const copy = subject(file("Copy it", { dest: "/etc/ca.crt", src: "ca.crt" }), "/roles/pki");
    const source = { sha256: sha256("ca"), size: 2, mode: 0o600 };

    it("is looked for in the role's files", () => {
      expect(asked(copy)).to.deep.equal([
        "path /etc/ca.crt",
        "controller file /roles/pki/files/ca.crt",
        "digest /etc/ca.crt",
      ]);
      expect(copy.steps({ path: absent, source, digest: undefined })).to.deep.equal([
        { upload: "/roles/pki/files/ca.crt", to: "/etc/ca.crt", mode: 0o644, replaces: "absent" },
      ]);
    });

    it("is known after apply if its source is not made yet, and an error if no task makes it", () => {
      const toCome = "known after apply: /roles/pki/files/ca.crt";
      const now = { path: there("old"), source: undefined, digest: sha256("old") };
      expect(copy.diff(now)).to.deep.equal([{ what: "content", before: sha256("old"), after: toCome }]);
      expect(copy.forecast(now)).to.deep.include({ digest: toCome });
      expect(() => copy.steps(now)).to.throw("/roles/pki/files/ca.crt is not on the controller");
    });

    it("is predicted once before it is made, even if several tasks copy it to the same place", () => {
      const now = { path: absent, source: fileToCome("/roles/pki/files/ca.crt"), digest: undefined };
      expect(copy.diff({ ...now, ...copy.forecast(now) })).to.deep.equal([]);
      const another = subject(file("Copy another", { dest: "/etc/ca.crt", src: "other.crt" }), "/roles/pki");
      const source = fileToCome("/roles/pki/files/other.crt");
      expect(another.diff({ ...now, ...copy.forecast(now), source })).to.have.length(1);
    });
  });

  it("requires either content or a source", () => {
    expect(() => subject(file("x", { dest }))).to.throw("/etc/motd: a file requires either content or src");
    expect(() => subject(file("x", { dest, content: "", src: "a" }))).to.throw("either content or src");
  });
});
