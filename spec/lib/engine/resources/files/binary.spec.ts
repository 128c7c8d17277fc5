import { expect } from "chai";
import { binary } from "kubeplay";
import { asked, subject } from "../one-resource.ts";

const absent = { type: "absent" };
const there = { type: "file", mode: 0o755, owner: "root", group: "root" };
const dest = "/usr/local/bin/etcd";

describe("the resource binary", () => {
  const etcd = subject(binary("Install it", { artifact: "etcd", version: "3.7.3", architecture: "amd64", dest }));
  const source = { sha256: "b".repeat(64), size: 9, file: "/cache/objects/bb" };

  it("is compared by its digest, uploaded as a file from the cache, and stamped", () => {
    const now = { path: absent, installed: undefined, source };
    expect(asked(etcd)).to.deep.equal([`path ${dest}`, `digest ${dest}`, "artifact etcd@3.7.3/amd64"]);
    expect(etcd.diff(now)).to.deep.equal([{ what: "etcd 3.7.3", before: undefined, after: source.sha256 }]);
    const [upload, stamp] = etcd.steps(now);
    expect(upload).to.deep.equal({ upload: source.file, to: dest, mode: 0o755, replaces: "absent" });
    expect(stamp).to.contain("/var/lib/kubeplay/digests/").and.to.contain(source.sha256);
    expect(etcd.forecast(now)).to.deep.equal({ path: there, installed: source.sha256 });
    expect(etcd.diff({ ...now, ...etcd.forecast(now) })).to.deep.equal([]);
  });

  it("is not uploaded again if only its mode differs, but stamped again, as its ctime changes", () => {
    const [chmod, stamp] = etcd.steps({ path: { ...there, mode: 0o644 }, installed: source.sha256, source });
    expect(chmod).to.equal("kubeplay_enter '/usr/local/bin' && kubeplay_permit 'etcd' '' '' '00755'");
    expect(stamp).to.contain("/digests/");
  });

  it("is known after apply if it is not in the cache yet, and in a run an error with the remedy", () => {
    const toCome = "known after apply: etcd@3.7.3/amd64";
    const now = { path: there, installed: "a".repeat(64), source: undefined };
    expect(etcd.diff(now)).to.deep.equal([{ what: "etcd 3.7.3", before: "a".repeat(64), after: toCome }]);
    expect(etcd.forecast(now)).to.deep.include({ installed: toCome });
    expect(etcd.diff({ ...now, ...etcd.forecast(now) })).to.deep.equal([]);
    expect(() => etcd.steps(now)).to.throw(
      "etcd 3.7.3 for amd64 is not in the artifact cache: run with --tags artifacts first",
    );
  });

  it("is not installed from a file with another digest than the expected one", () => {
    const tool = subject(binary("x", { src: "tool", sha256: "c".repeat(64), dest: "/bin/tool" }), "/role");
    const now = { path: absent, installed: undefined, source: { sha256: "d".repeat(64), size: 1, mode: 0o755 } };
    expect(asked(tool)).to.include("controller file /role/files/tool");
    expect(() => tool.steps(now)).to.throw("/role/files/tool has the sha256 ddd");
  });

  it("is removed without a source; a directory is not removed", () => {
    const gone = subject(binary("x", { dest: "/bin/tool", state: "absent" }));
    expect(asked(gone)).to.deep.equal(["path /bin/tool"]);
    expect(gone.steps({ path: there })).to.deep.equal(["kubeplay_enter '/bin' && rm -f -- ./'tool'"]);
    expect(gone.diff(gone.forecast({ path: there }))).to.deep.equal([]);
    expect(() => gone.diff({ path: { type: "directory", mode: 0o755 } })).to.throw("/bin/tool is a directory");
  });

  describe("with a copy that may be staged", () => {
    const staged = "/usr/local/lib/kubeplay/etcd/3.7.3/etcd";
    const versioned = subject(
      binary("Install it", { artifact: "etcd", version: "3.7.3", architecture: "amd64", dest, staged }),
    );
    const old = { path: there, installed: "a".repeat(64), staged: undefined, source };
    const link = { type: "link", target: staged };

    it("is uploaded as usual if the copy is not there", () => {
      expect(asked(versioned)).to.include(`digest ${staged}`);
      expect(versioned.steps(old)[0]).to.include({ upload: source.file, to: dest });
    });

    it("becomes a link to the copy in one step, and stays it", () => {
      const now = { ...old, staged: source.sha256 };
      expect(versioned.diff(now)).to.have.length(1);
      const [step, ...more] = versioned.steps(now);
      expect(more).to.deep.equal([]);
      expect(step).to.contain(`ln -sT -- '${staged}'`).and.to.contain("mv -fT");
      expect(versioned.forecast(now)).to.deep.equal({ path: link, installed: undefined });
      expect(versioned.diff({ ...now, ...versioned.forecast(now) })).to.deep.equal([]);
    });

    it("is left where it is if it has the right content already", () => {
      expect(versioned.diff({ ...old, installed: source.sha256, staged: source.sha256 })).to.deep.equal([]);
    });

    it("is uploaded again if the copy that the link leads to is damaged", () => {
      const now = { ...old, path: link, installed: undefined, staged: "c".repeat(64) };
      expect(versioned.diff(now)).to.have.length(1);
      expect(versioned.steps(now)[0]).to.include({ upload: source.file, to: dest });
    });
  });
});
