import { expect } from "chai";
import { readFileKubeconfig, renderFileKubeconfig } from "#kubernetes/kubeconfig/file-kubeconfig.ts";
import { renderKubeconfig } from "#kubernetes/kubeconfig/format.ts";

const paths = { server: "https://127.0.0.1:8443", ca: "/pki/ca.crt", certificate: "/pki/own.pem", key: "/pki/own.key" };

describe("a kubeconfig of files", () => {
  it("is read back as it was rendered", () => {
    expect(readFileKubeconfig(renderFileKubeconfig(paths))).to.deep.equal(paths);
  });

  it("is read from an embedded kubeconfig with its server only", () => {
    const whole = { cluster: "lab", user: "me", server: paths.server, ca: "a", certificate: "b", key: "c" };
    expect(readFileKubeconfig(renderKubeconfig(whole))).to.deep.equal({ server: paths.server });
  });

  for (const [text, reason] of [
    ["", "the file is empty"],
    ["a: [", "not valid YAML"],
    ["kind: Config", "current-context is missing"],
    [renderFileKubeconfig(paths).replace("user: default-auth", "user: other"), 'its user "other" is not defined'],
  ] as const)
    it(`cannot be read: ${reason}`, () => expect(() => readFileKubeconfig(text)).to.throw(reason));
});
