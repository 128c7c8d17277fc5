import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { describeKey, newKey } from "#engine/pki/key.ts";
import { requestPem } from "#engine/pki/request.ts";
import { certificateRequestFile, type CertificateRequestState } from "#engine/queries/certificate-request-file.ts";
import { temporaryFolder } from "../temporary.ts";

describe("the query certificate request file", () => {
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);
  const ask = async (...names: string[]): Promise<CertificateRequestState[]> => {
    const { of } = certificateRequestFile("");
    if (!("get" in of)) throw new Error("asked on the controller");
    return [...(await of.get(names.map(at))).values()];
  };
  const asked = { commonName: "web", organizations: [], dns: ["web.example"], ips: [] };

  it("returns what a request asks for, and which key it is of", async () => {
    const key = await newKey("ecdsa-p256");
    writeFileSync(at("web.csr"), requestPem({ ...asked, profile: "server", key }));
    const { publicKey } = describeKey(key);
    const usages = { key: ["digital signature"], extended: ["server auth"] };
    expect(await ask("web.csr")).to.deep.equal([{ type: "request", request: { ...asked, usages, publicKey } }]);
  });

  it("never fails: a file that is not a request is a state, one for each path", async () => {
    writeFileSync(at("empty.csr"), "");
    writeFileSync(at("binary.csr"), Buffer.from([0xff, 0xfe, 0, 1, 2]));
    mkdirSync(at("folder.csr"));
    const none = { type: "unreadable", reason: "not a certificate request in PEM" };
    expect(await ask("none.csr", "empty.csr", "binary.csr", "folder.csr")).to.deep.equal([
      { type: "absent" },
      none,
      none,
      { type: "unreadable", reason: "it is a directory" },
    ]);
  });
});
