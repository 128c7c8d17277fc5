import { expect } from "chai";
import { archive } from "kubeplay";
import { asked, subject } from "../one-resource.ts";

describe("the resource archive", () => {
  const cni = subject(archive("Unpack it", { src: "/cache/cni.tgz", dest: "/opt/cni/bin", marker: ".cni" }));
  const folder = { type: "absent" };
  const source = { sha256: "a".repeat(64), size: 5, mode: 0o644 };

  it("is unpacked if its marker does not have its digest", () => {
    expect(asked(cni)).to.deep.equal([
      "controller file /cache/cni.tgz",
      "content /opt/cni/bin/.cni",
      "path /opt/cni/bin",
    ]);
    expect(cni.diff({ source, unpacked: "old\n" })).to.deep.equal([
      { what: "content", before: "old", after: source.sha256 },
    ]);
    expect(cni.diff({ source, ...cni.forecast({ source, unpacked: undefined, folder }) })).to.deep.equal([]);
  });

  it("is unpacked beside its place; the marker is removed before the files are moved and written after", () => {
    const [before, upload, after] = cni.steps({ source, unpacked: undefined, folder });
    expect(before).to.equal("umask 022 && mkdir -p -- '/opt/cni/bin'");
    expect(upload).to.deep.equal({ upload: "/cache/cni.tgz", to: "/opt/cni/bin/.cni.tar", mode: 0o600 });
    const order = ["tar --extract", "rm -f -- '/opt/cni/bin/.cni'", "(cd ", `printf '%s\\n' ${source.sha256} >`];
    const places = order.map((words) => String(after).indexOf(words));
    expect(places)
      .to.deep.equal([...places].sort((a, b) => a - b))
      .and.not.include(-1);
  });

  it("is removed with its folder, unless the folder is shared", () => {
    const gone = subject(archive("Remove it", { dest: "/opt/tool", state: "absent" }));
    expect(asked(gone)).to.deep.equal(["path /opt/tool"]);
    const there = { folder: { type: "directory", mode: 0o755 } };
    expect(gone.steps(there)).to.deep.equal(["rm -rf --one-file-system -- '/opt/tool'"]);
    expect(gone.diff(gone.forecast(there))).to.deep.equal([]);
    const shared = archive("x", { dest: "/opt/cni/bin", marker: ".cni", state: "absent" });
    expect(() => subject(shared)).to.throw("/opt/cni/bin: an archive with a marker shares its folder");
    expect(() => subject(archive("x", { dest: "/opt/tool" }))).to.throw("/opt/tool: an archive requires src");
  });

  it("is known after apply if it is not made yet, and an error if no task makes it", () => {
    const toCome = "known after apply: /cache/cni.tgz";
    const now = { source: undefined, unpacked: undefined, folder };
    expect(cni.diff(now)).to.deep.equal([{ what: "content", before: undefined, after: toCome }]);
    expect(cni.forecast(now)).to.deep.include({ unpacked: `${toCome}\n` });
    expect(() => cni.steps(now)).to.throw("/cache/cni.tgz is not on the controller");
  });
});
