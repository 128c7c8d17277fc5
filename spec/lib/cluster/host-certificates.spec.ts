import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { TaskError } from "#engine/errors.ts";
import { hostCertificates } from "#cluster/host-certificates.ts";
import { renderKubeconfig } from "#kubernetes/kubeconfig/format.ts";
import { issued } from "../engine/pki/issued.ts";
import { ask } from "../engine/queries/ask.ts";
import { temporaryFolder } from "../engine/temporary.ts";

describe("the certificates of a host", () => {
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);

  it("are all those in the files that match, in PEM files and in kubeconfigs, and never their keys", async () => {
    const [one, two] = [await issued("one"), await issued("two")];
    mkdirSync(at("pki"));
    writeFileSync(at("pki/both.crt"), one.keyPem + one.pem + two.pem);
    writeFileSync(at("pki/other.key"), two.keyPem);
    const user = { cluster: "lab", server: "https://127.0.0.1:8443", user: "u", ca: one.pem };
    writeFileSync(at("u.kubeconfig"), renderKubeconfig({ ...user, certificate: two.pem, key: two.keyPem }));
    writeFileSync(at("named.kubeconfig"), JSON.stringify({ users: [{ user: { "client-certificate": "/x.pem" } }] }));
    const query = hostCertificates([at("pki/*.crt"), at("*.kubeconfig"), at("none/*.pem")]);
    const [found] = await ask([query]);
    expect(found?.map((file) => [file.path, file.certificates.map(({ commonName }) => commonName)])).to.deep.equal([
      [at("pki/both.crt"), ["one", "two"]],
      [at("named.kubeconfig"), []],
      [at("u.kubeconfig"), ["two"]],
    ]);
    if (!("ask" in query.of)) throw new Error("asked on hosts");
    const answer = execFileSync("sh", ["-c", query.of.ask([query.key])], { encoding: "utf8" });
    expect(await ask([hostCertificates([at("none/*")]), query])).to.deep.equal([[], found]);
    const texts = answer.split(/\s/).map((word) => Buffer.from(word, "base64").toString());
    expect([answer, ...texts].join("\n")).not.to.contain("PRIVATE KEY");
  });

  it("cannot be read if one is damaged, and that is said", async () => {
    writeFileSync(at("bad.crt"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    const failure: unknown = await ask([hostCertificates([at("bad.crt")])]).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(TaskError).with.property("message").that.contains("damaged");
  });
});
