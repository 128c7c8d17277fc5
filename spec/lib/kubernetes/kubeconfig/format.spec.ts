import { expect } from "chai";
import { parse, stringify } from "yaml";
import { describeKey } from "#engine/pki/key.ts";
import { parseKubeconfig, renderKubeconfig, type Kubeconfig } from "#kubernetes/kubeconfig/format.ts";
import { authority, by, issued } from "../../engine/pki/issued.ts";

describe("a kubeconfig", () => {
  const made = async (change: Partial<Kubeconfig> = {}) => {
    const ca = await authority("ca");
    const user = await issued("admin", by(ca));
    const kubeconfig: Kubeconfig = {
      cluster: "lab",
      server: "https://10.0.0.1:6443",
      user: "admin",
      ca: ca.pem,
      certificate: user.pem,
      key: user.keyPem,
      ...change,
    };
    return { ca, user, text: renderKubeconfig(kubeconfig) };
  };

  it("holds all data that kubectl needs, and is summarized without the key", async () => {
    const { ca, user, text } = await made({ namespace: "kube-system" });
    expect(parse(text)).to.deep.include({ apiVersion: "v1", kind: "Config", "current-context": "admin@lab" });
    expect(parseKubeconfig(text)).to.deep.equal({
      cluster: "lab",
      server: "https://10.0.0.1:6443",
      user: "admin",
      namespace: "kube-system",
      cas: [ca.certificate],
      certificates: [user.certificate],
      publicKey: describeKey(user.key).publicKey,
    });
  });

  it("has one line per value, as other tools write it", async () => {
    const { text } = await made();
    expect(text.split("\n").filter((line) => /^\s*[A-Za-z0-9+/=]+$/.test(line))).to.deep.equal([]);
  });

  it("is read independently of field order and YAML style", async () => {
    const { text } = await made();
    const document = parse(text) as Record<string, unknown>;
    const turned = Object.fromEntries(Object.entries(document).reverse());
    expect(parseKubeconfig(JSON.stringify(turned))).to.deep.equal(parseKubeconfig(text));
    const more = { ...document, preferences: {}, extensions: [] };
    expect(parseKubeconfig(stringify(more))).to.deep.equal(parseKubeconfig(text));
  });

  it("is refused if invalid, with a message that does not quote the file", async () => {
    const { text, user } = await made();
    const document = parse(text) as Record<string, unknown>;
    const wrong: [string, string][] = [
      ["", "the file is empty"],
      [`${text}\n  : [`, "not valid YAML"],
      ["just words", "current-context is missing"],
      [stringify({ ...document, "current-context": "x" }), 'its context "x" is not defined'],
      [stringify({ ...document, clusters: [] }), 'its cluster "lab" is not defined'],
      [stringify({ ...document, users: null }), 'its user "admin" is not defined'],
      [
        stringify({ ...document, users: [{ name: "admin", user: { token: "t" } }] }),
        "client-certificate-data is missing",
      ],
      [text.replace(/client-key-data: .*/, "client-key-data: c2VjcmV0"), "not a private key"],
      [
        text.replace(/certificate-authority-data: .*/, "certificate-authority-data: c2VjcmV0"),
        "expected a certificate",
      ],
    ];
    for (const [file, message] of wrong) {
      let said = "";
      try {
        parseKubeconfig(file);
      } catch (error) {
        said = String(error);
      }
      expect(said).to.contain(message);
      expect(said).not.to.contain(Buffer.from(user.keyPem).toString("base64").slice(60, 90));
    }
  });
});
