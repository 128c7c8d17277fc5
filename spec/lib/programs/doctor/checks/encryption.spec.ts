import { expect } from "chai";
import { encryption } from "#programs/doctor/checks/encryption.ts";
import { find, master, printedFindings, worker } from "../seen.ts";

describe("the doctor's check of encryption at rest", () => {
  const stored = (...by: readonly string[]) =>
    find(encryption, {
      answers: { "cp-1": { secrets: by.map((one, index) => ({ namespace: "a", name: String(index), by: one })) } },
    });

  it("names objects that are not encrypted, and those of several keys", () => {
    expect(stored()).to.deep.equal([]);
    expect(stored("secretbox key-1-a", "secretbox key-1-a")).to.deep.equal([]);
    expect(printedFindings(stored("secretbox key-1-a", "identity", "identity"))).to.deep.equal([
      "warning secrets: 2 of 3 are not encrypted in etcd",
    ]);
    expect(printedFindings(stored("secretbox key-2-b", "secretbox key-1-a"))).to.deep.equal([
      "warning secrets: they are encrypted in etcd by several keys: secretbox key-1-a, secretbox key-2-b",
    ]);
  });

  it("asks one master, and nobody where etcd is not to be encrypted", () => {
    const queries = (host: typeof master, isEncrypted = true) =>
      encryption.onHosts?.(host, {
        vars: {
          encryption_at_rest: isEncrypted,
          encryption_resources: ["secrets"],
          bin_dir: "/b",
          etcd_client_port: 2379,
        },
        masters: [master],
        nodes: [master, worker],
      } as never) ?? {};
    const asked = (...of: Parameters<typeof queries>): readonly string[] => Object.keys(queries(...of));
    expect(asked(master)).to.deep.equal(["secrets"]);
    // An examination of a sick cluster must end.
    expect(queries(master).secrets?.key).to.contain('"seconds":10');
    expect([asked(worker), asked(master, false)]).to.deep.equal([[], []]);
  });
});
