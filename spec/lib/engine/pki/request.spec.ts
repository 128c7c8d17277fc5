import { expect } from "chai";
import { algorithms } from "#engine/pki/algorithm.ts";
import { describeKey, newKey } from "#engine/pki/key.ts";
import { inspectRequest, requestPem } from "#engine/pki/request.ts";
import { openssl } from "./openssl.ts";

const names = { commonName: "kube-apiserver", organizations: ["système", "b"] };
const sans = { dns: ["api.example", "localhost"], ips: ["10.96.0.1", "::1"] };

describe("a certificate request", () => {
  for (const algorithm of algorithms)
    it(`${algorithm}: openssl verifies it, and reads what is asked for`, async () => {
      const key = await newKey(algorithm);
      const pem = requestPem({ ...names, ...sans, profile: "peer", key });
      const text = openssl(["req", "-noout", "-verify", "-text", "-nameopt", "utf8"], pem).replace(/ +/g, " ");
      expect(text).to.match(/verify OK/i);
      expect(text).to.contain("O=système, O=b, CN=kube-apiserver");
      expect(text).to.contain("DNS:api.example, DNS:localhost, IP Address:10.96.0.1, IP Address:0:0:0:0:0:0:0:1");
      expect(text).to.contain("TLS Web Server Authentication, TLS Web Client Authentication");
      expect(inspectRequest(pem)).to.deep.equal({
        ...names,
        ...sans,
        usages: {
          key: algorithm.startsWith("rsa-") ? ["digital signature", "key encipherment"] : ["digital signature"],
          extended: ["server auth", "client auth"],
        },
        publicKey: describeKey(key).publicKey,
      });
    });

  it("of an intermediate CA asks for one that may issue leaves only", async () => {
    const pem = requestPem({ ...names, dns: [], ips: [], profile: "ca", key: await newKey("ecdsa-p256") });
    expect(openssl(["req", "-noout", "-text"], pem)).to.contain("CA:TRUE, pathlen:0");
  });

  it("that openssl makes is read too, without extensions and with others", () => {
    const made = (...args: string[]) =>
      openssl([
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "/dev/null",
        ...args,
      ]);
    expect(inspectRequest(made("-subj", "/O=x/CN=y"))).to.deep.include({
      commonName: "y",
      organizations: ["x"],
      dns: [],
      ips: [],
    });
    expect(
      inspectRequest(
        made("-subj", "/CN=y", "-addext", "subjectAltName=DNS:a,email:b@c,IP:127.0.0.1", "-addext", "nsComment=x"),
      ),
    ).to.deep.include({ dns: ["a"], ips: ["127.0.0.1"] });
  });

  it("that is damaged, or no request, says so and nothing more", async () => {
    const pem = requestPem({ ...names, ...sans, profile: "server", key: await newKey("ecdsa-p256") });
    const [head = "", , ...rest] = pem.split("\n");
    expect(() => inspectRequest([head, ...rest].join("\n"))).to.throw(/^the certificate request is damaged/);
    for (const text of ["", "x", pem.replaceAll("REQUEST", "LIST")])
      expect(() => inspectRequest(text)).to.throw("not a certificate request in PEM");
  });
});
