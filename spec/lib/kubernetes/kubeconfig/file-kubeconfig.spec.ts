import { expect } from "chai";
import { readFileKubeconfig, renderFileKubeconfig } from "#kubernetes/kubeconfig/file-kubeconfig.ts";
import { renderKubeconfig } from "#kubernetes/kubeconfig/format.ts";

const paths = { server: "https://127.0.0.1:8443", ca: "/pki/ca.crt", certificate: "/pki/own.pem", key: "/pki/own.key" };

describe("a kubeconfig of files", () => {
  it("says what it was made of", () => {
    expect(readFileKubeconfig(renderFileKubeconfig(paths))).to.deep.equal(paths);
  });

  it("says no more of one that holds everything itself than its server", () => {
    const whole = { cluster: "lab", user: "me", server: paths.server, ca: "a", certificate: "b", key: "c" };
    expect(readFileKubeconfig(renderKubeconfig(whole))).to.deep.equal({ server: paths.server });
  });

  for (const [text, reason] of [
    ["", "the file is empty"],
    ["a: [", "not valid YAML"],
    ["kind: Config", "current-context is missing"],
    [renderFileKubeconfig(paths).replace("user: default-auth", "user: other"), 'its user "other" is not defined'],
  ] as const)
    it(`cannot be read where ${reason}`, () => expect(() => readFileKubeconfig(text)).to.throw(reason));
});
