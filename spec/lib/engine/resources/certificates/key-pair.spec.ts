import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { keyPair } from "kubeplay";
import { describeKey, newKey, parseKey } from "#engine/pki/key.ts";
import { issued } from "../../pki/issued.ts";
import { openssl } from "../../pki/openssl.ts";
import { temporaryFolder } from "../../temporary.ts";
import { subject } from "../one-resource.ts";
import { failureOf, keep } from "../on-controller.ts";

describe("the resource key pair", () => {
  const folder = temporaryFolder();
  const key = path.join(folder, "deep", "service-account.key");
  const pub = path.join(folder, "deep", "service-account.pub");
  const task = keyPair("key", { path: key });
  const text = (file: string): string => readFileSync(file, "utf8");

  it("makes an RSA key of 2048 bits and its public half, once", async () => {
    expect(await keep(task)).to.deep.include({ outcome: "changed", reasons: ["key: absent → rsa-2048"] });
    expect(openssl(["pkey", "-noout", "-text", "-in", key])).to.contain("2048 bit");
    expect(openssl(["pkey", "-pubout", "-in", key])).to.equal(text(pub));
    expect([key, pub].map((file) => statSync(file).mode & 0o777)).to.deep.equal([0o600, 0o644]);
    const before = text(key);
    expect(await keep(task)).to.deep.equal({ outcome: "ok", reasons: [], warnings: [] });
    expect(text(key)).to.equal(before);
  });

  it("writes a public key again that is lost, damaged or of another key", async () => {
    const before = [text(key), text(pub)];
    const other = describeKey(await newKey("ecdsa-p256")).publicPem;
    const damages: [() => void, string][] = [
      [() => rmSync(pub), "public key: absent → of this key"],
      [() => writeFileSync(pub, ""), "public key: unreadable (the file is empty) → of this key"],
      [() => writeFileSync(pub, other), "public key: of another key → of this key"],
    ];
    for (const [damage, reason] of damages) {
      damage();
      expect((await keep(task)).reasons).to.deep.equal([reason]);
      expect([text(key), text(pub)]).to.deep.equal(before);
    }
    chmodSync(key, 0o640);
    rmSync(pub);
    expect((await keep(task)).reasons).to.deep.equal([
      "public key: absent → of this key",
      "mode of the key: 0640 → 0600",
    ]);
    expect(statSync(key).mode & 0o777).to.equal(0o600);
  });

  it("makes all states of its two files unknown to later tasks", () => {
    expect(subject(task).effects).to.deep.equal({
      [`key file ${key}`]: "unknown",
      [`public key file ${pub}`]: "unknown",
      [`controller file ${key}`]: "unknown",
      [`controller file ${pub}`]: "unknown",
    });
  });

  it("never replaces a key that exists or was lost", async () => {
    const whole = text(key);
    expect(await failureOf(keep(keyPair("key", { path: key, algorithm: "rsa-3072" })))).to.contain(
      "it is rsa-2048, and the configuration says rsa-3072",
    );
    writeFileSync(key, "rubbish");
    expect(await failureOf(keep(task))).to.contain("unreadable (not a private key in PEM)");
    rmSync(key);
    expect(await failureOf(keep(task))).to.contain(`it is absent, while its public key, ${pub}, is there`);
    expect(existsSync(key)).to.equal(false);
    writeFileSync(key, whole, { mode: 0o600 });
    expect((await keep(task)).outcome).to.equal("ok");
  });

  it("is made with the given algorithm at the given paths", async () => {
    const places = { path: path.join(folder, "own"), publicPath: path.join(folder, "own public") };
    await keep(keyPair("key", { ...places, algorithm: "ecdsa-p384" }));
    expect(describeKey(parseKey(text(places.path)))).to.include({
      algorithm: "ecdsa-p384",
      publicPem: text(places.publicPath),
    });
    expect((await issued("x", { key: parseKey(text(places.path)) })).certificate.algorithm).to.equal("ecdsa-p384");
  });
});
