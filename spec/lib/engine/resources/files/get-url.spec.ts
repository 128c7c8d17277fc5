import { expect } from "chai";
import { getUrl } from "kubeplay";
import { subject } from "../one-resource.ts";

const sha256 = "a".repeat(64);
const props = { url: "https://example.org/x", dest: "/srv/x" };
const file = { type: "file", mode: 0o644, owner: "root", group: "root" };

describe("the resource getUrl", () => {
  it("fetches a file that is missing or has another digest", () => {
    const one = subject(getUrl("g", { ...props, sha256 }));
    expect(one.diff({ path: { type: "absent" } })).to.deep.equal([
      { what: "content", before: undefined, after: sha256 },
    ]);
    expect(one.diff({ path: { ...file, sha256: "b" } })).to.deep.equal([
      { what: "content", before: "b", after: sha256 },
    ]);
    expect(one.diff({ path: file, digest: sha256 }), "a file too large for the query path").to.deep.equal([]);
  });

  it("does not compare a file without a digest", () => {
    expect(subject(getUrl("g", props)).diff({ path: { ...file, sha256: "b" } })).to.deep.equal([]);
  });

  it("corrects permissions without a download", () => {
    const one = subject(getUrl("g", { ...props, mode: 0o755 }));
    expect(one.steps({ path: { ...file, identity: "i" } })[0])
      .to.include("kubeplay_permit")
      .and.not.include("curl");
  });

  it("gives URL and headers to curl by its input, where no user of the host sees them", () => {
    const { rawSteps } = subject(getUrl("g", { ...props, headers: { Authorization: 'Bearer "x' } }));
    const [step] = rawSteps({ path: { type: "absent" } }) as [{ sh: string }];
    expect(step.sh)
      .to.include(String.raw`header = "Authorization: Bearer \"x"`)
      .and.include("--config -");
  });

  it("rejects properties that cannot be meant before anything is asked", () => {
    const refusal = (more: object) => () => subject(getUrl("g", { ...props, ...more }));
    expect(refusal({ url: "ftp://x" })).to.throw('"ftp://x" is not a URL, expected http:// or https://');
    expect(refusal({ url: "https://x y" })).to.throw("is not a URL");
    expect(refusal({ sha256: "abc" })).to.throw('"abc" is not a SHA-256');
    expect(refusal({ headers: { "a:b": "c" } })).to.throw('"a:b" is not a header');
    expect(() => subject(getUrl("g", { ...props, url: "x", state: "absent" }))).not.to.throw();
  });
});
