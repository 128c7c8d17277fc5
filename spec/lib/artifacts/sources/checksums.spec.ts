import { expect } from "chai";
import { digestFor } from "#artifacts/sources/checksums.ts";

const one = "1".repeat(64);
const two = "a".repeat(64);

describe("a checksum file", () => {
  it("may be a bare digest", () => {
    expect(digestFor(`${one}\n`, "kubelet", "url")).to.equal(one);
  });
  it("may list many files, in sha256sum's two forms and with folders", () => {
    const text = `${one}  etcd.zip\n${two.toUpperCase()} *./release/etcd.tar.gz\n`;
    expect(digestFor(text, "etcd.tar.gz", "url")).to.equal(two);
  });
  it("is refused if it does not list the file, even with one entry", () => {
    expect(() => digestFor(`${one}  other`, "kubelet", "https://x/SHA256SUMS")).to.throw(
      "https://x/SHA256SUMS: no sha256 for kubelet",
    );
  });
  it("is refused if it is an error page", () => {
    expect(() => digestFor("<html>404</html>", "kubelet", "url")).to.throw("no sha256 for kubelet");
  });
});
