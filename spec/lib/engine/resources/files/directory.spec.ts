import { expect } from "chai";
import { directory } from "kubeplay";
import { asked, subject } from "../one-resource.ts";

const absent = { type: "absent" };
const there = { type: "directory", mode: 0o755, owner: "root", group: "root" };

describe("the resource directory", () => {
  const pki = subject(directory("Make it", { path: "/etc/kube/pki", mode: 0o700, owner: "kube" }));

  it("asks for its parents too", () => {
    expect(asked(pki)).to.deep.equal(["path /etc/kube/pki", "path /etc", "path /etc/kube"]);
  });

  it("is made with its parents, and all are forecast", () => {
    const now = { path: absent, "above /etc": there, "above /etc/kube": absent };
    expect(pki.diff(now)).to.deep.equal([{ what: "state", before: "absent", after: "directory" }]);
    expect(pki.steps(now)).to.deep.equal([
      "umask 022 && kubeplay_make '/etc/kube' && kubeplay_same 'pki' 'absent' && mkdir -m 00700 -- ./'pki' && kubeplay_down 'pki' && kubeplay_new && chown 'kube' .",
    ]);
    expect(pki.forecast(now)).to.deep.equal({
      "above /etc/kube": there,
      path: { type: "directory", mode: 0o700, owner: "kube", group: "root" },
    });
  });

  it("is only corrected if it exists, and permissions that are left out are not changed", () => {
    expect(pki.diff({ path: there })).to.deep.equal([
      { what: "mode", before: "0755", after: "0700" },
      { what: "owner", before: "root", after: "kube" },
    ]);
    expect(pki.steps({ path: there })).to.deep.equal([
      "kubeplay_enter '/etc/kube/pki' && chown 'kube' . && chmod 00700 .",
    ]);
    const loose = subject(directory("Make it", { path: "/srv" }));
    expect(loose.diff({ path: { ...there, mode: 0o700, owner: "x" } })).to.deep.equal([]);
  });

  it("can be a link to a directory, and nothing else in its place", () => {
    expect(pki.diff({ path: { type: "link", target: "/data", toDirectory: true } })).to.deep.equal([]);
    expect(pki.diff({ path: { type: "link", target: "/forecast" } })).to.deep.equal([]);
    const dangling = { type: "link", target: "/gone", toDirectory: false };
    expect(() => pki.diff({ path: dangling })).to.throw("/etc/kube/pki is a link to /gone, which is not a directory");
    expect(() => pki.diff({ path: { type: "file", mode: 0o644 } })).to.throw("is a file, expected a directory");
  });

  it("cannot be made below a file", () => {
    const now = { path: absent, "above /etc/kube": { type: "file", mode: 0o644 } };
    expect(() => pki.diff(now)).to.throw("/etc/kube/pki cannot be made: /etc/kube is a file, expected a directory");
  });

  it("is removed with everything in it; the root never is", () => {
    const gone = subject(directory("Remove it", { path: "/etc/kube", state: "absent" }));
    expect(asked(gone)).to.deep.equal(["path /etc/kube", "path /etc"]);
    expect(gone.diff({ path: absent })).to.deep.equal([]);
    expect(gone.steps({ path: there })).to.deep.equal([
      "kubeplay_enter '/etc' && rm -rf --one-file-system -- ./'kube'",
    ]);
    expect(gone.forecast({ path: there })).to.deep.equal({ path: absent });
    expect(gone.effects).to.include({ everything: "asked anew" });
    const root = subject(directory("x", { path: "//", state: "absent" }));
    expect(() => root.steps({ path: there })).to.throw("/ cannot be removed");
  });
});
