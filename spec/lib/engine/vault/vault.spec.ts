import { expect } from "chai";
import fc from "fast-check";
import { encrypt } from "#engine/vault/cipher.ts";
import { formatEnvelope, isEncrypted, parseEnvelope } from "#engine/vault/envelope.ts";
import { seal, Vault } from "#engine/vault/vault.ts";
import { VaultError } from "#engine/vault/error.ts";
import { always } from "../../../always.ts";
import { altered, hostileText } from "../../../hostile.ts";
import { vectors } from "./vectors.ts";

const one = (label: string, password: string): Vault => new Vault([{ label, password }]);

/** The error of a text that cannot be decrypted, with its line. */
function complaint(text: string, vault = one("default", "pw")): string {
  try {
    vault.open(text);
  } catch (error) {
    if (error instanceof Error && error.name === "VaultError" && "line" in error)
      return `${String(error.line)}: ${error.message}`;
    throw error;
  }
  return "opened";
}

describe("an encrypted text of ansible-vault's", () => {
  for (const { what, plaintext, v11, v12 } of vectors) {
    it(`with ${what} is decrypted from format 1.1`, () =>
      expect(one("default", "pw").open(v11)).to.deep.equal({
        plaintext,
        secret: { label: "default", password: "pw" },
      }));
    it(`with ${what} is decrypted from format 1.2`, () =>
      expect(one("dev", "pw2").open(v12)).to.deep.equal({
        plaintext,
        secret: { label: "dev", password: "pw2" },
        label: "dev",
      }));
    it(`with ${what} is encrypted to the same text, given its salt`, () => {
      const { salt } = parseEnvelope(v11);
      expect(formatEnvelope(encrypt(plaintext, "pw", Buffer.from(salt)))).to.equal(v11);
      const labelled = parseEnvelope(v12);
      expect(formatEnvelope({ ...encrypt(plaintext, "pw2", Buffer.from(labelled.salt)), label: "dev" })).to.equal(v12);
    });
  }

  it("may have Windows line ends or indented lines", () => {
    const [, { v11, plaintext }] = vectors as [unknown, (typeof vectors)[0]];
    expect(one("x", "pw").open(v11.replaceAll("\n", "\r\n")).plaintext).to.deep.equal(plaintext);
    expect(one("x", "pw").open(`${v11.replaceAll("\n", "\n    ")}\n\n`).plaintext).to.deep.equal(plaintext);
  });
});

describe("an encrypted text", () => {
  const password = fc.string({ minLength: 1, unit: "grapheme" });
  const label = fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/);

  it("is decrypted with its password, whatever its content", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), password, label, (bytes, password, label) => {
        const text = seal(bytes, { label, password });
        expect(text.split("\n").every((line) => line.length <= 80)).to.equal(true);
        expect(isEncrypted(text)).to.equal(true);
        const opened = one("other", password).open(text);
        expect(opened.plaintext).to.deep.equal(Buffer.from(bytes));
        expect(opened.label).to.equal(label === "default" ? undefined : label);
      }),
      { numRuns: 30 },
    );
  });

  it("is rejected if any byte of its salt, its HMAC or its ciphertext was changed", () => {
    const envelope = encrypt(Buffer.from("geheim"), "pw");
    const parts = ["salt", "hmac", "ciphertext"] as const;
    fc.assert(
      fc.property(fc.constantFrom(...parts), fc.nat(), fc.integer({ min: 1, max: 255 }), (part, place, change) => {
        const bytes = Buffer.from(envelope[part]);
        const index = place % bytes.length;
        bytes.writeUInt8((bytes[index] ?? 0) ^ change, index);
        expect(complaint(formatEnvelope({ ...envelope, [part]: bytes }))).to.equal(
          "1: the vault password is wrong, or the encrypted text was changed",
        );
      }),
      { numRuns: 60 },
    );
  });

  it("is rejected if any character of its body was removed, added or cut off, and none of it is shown", () => {
    const text = seal(Buffer.from("geheim"), { label: "default", password: "pw" });
    const start = text.indexOf("\n") + 1;
    const change = fc.constantFrom(
      (at: number) => text.slice(0, at) + text.slice(at + 1),
      (at: number) => `${text.slice(0, at)}0${text.slice(at)}`,
      (at: number) => `${text.slice(0, at)}g${text.slice(at + 1)}`,
      (at: number) => text.slice(0, at),
    );
    fc.assert(
      fc.property(change, fc.nat(), (change, place) => {
        const at = start + (place % (text.length - start));
        const changed = change(at);
        // Line ends may be anywhere.
        fc.pre(changed.replaceAll("\n", "") !== text.replaceAll("\n", ""));
        expect(complaint(changed)).to.match(/^\d+: .*(damaged|not complete|password is wrong)/);
        expect(complaint(changed)).not.to.include(text.slice(start, start + 10));
      }),
      { numRuns: 100 },
    );
  });

  const sealed = seal(Buffer.from("geheim"), { label: "prod", password: "pw" });
  always(
    "is rejected, or means the same, after any change of its header, its body or both",
    fc.oneof(
      altered(sealed),
      hostileText.map((text) => `$ANSIBLE_VAULT;${text}\n${sealed.split("\n").slice(1).join("\n")}`),
    ),
    (text) => {
      try {
        expect(one("prod", "pw").open(text).plaintext.toString()).to.equal("geheim");
      } catch (error) {
        expect(error).to.be.instanceOf(VaultError);
        expect(error).to.have.property("line").that.is.greaterThan(0);
      }
    },
    { runs: 150 },
  );

  const body = seal(Buffer.from("x"), { label: "default", password: "pw" }).split("\n").slice(1);
  const hex = (inner: string): string => Buffer.from(inner).toString("hex");
  const wrong: readonly (readonly [string, string, string])[] = [
    ["another version", "$ANSIBLE_VAULT;1.0;AES256\n00", "1: the header is not valid"],
    ["another cipher", "$ANSIBLE_VAULT;1.1;AES\n00", "1: the header is not valid"],
    ["1.1 and a label", "$ANSIBLE_VAULT;1.1;AES256;dev\n00", "1: the header is not valid"],
    ["1.2 and no label", "$ANSIBLE_VAULT;1.2;AES256\n00", "1: the header is not valid"],
    ["an empty label", "$ANSIBLE_VAULT;1.2;AES256;\n00", "1: the header is not valid"],
    ["no header", body.join("\n"), "1: this is not an encrypted text"],
    ["no body", "$ANSIBLE_VAULT;1.1;AES256\n", "1: the encrypted text is not complete"],
    ["a line of words", ["$ANSIBLE_VAULT;1.1;AES256", body[0], "words"].join("\n"), "3: the encrypted text is damaged"],
    [
      "half a byte",
      ["$ANSIBLE_VAULT;1.1;AES256", ...body, "0"].join("\n"),
      `${String(body.length + 2)}: the encrypted`,
    ],
    ["two parts", `$ANSIBLE_VAULT;1.1;AES256\n${hex("00\n00")}`, "1: the encrypted text is not complete"],
    ["a short HMAC", `$ANSIBLE_VAULT;1.1;AES256\n${hex("00\n00\n00")}`, "1: the encrypted text is damaged: its salt"],
    [
      "parts that are not hexadecimal",
      `$ANSIBLE_VAULT;1.1;AES256\n${hex("xy\n00\n00")}`,
      "1: the encrypted text is damaged",
    ],
  ];
  for (const [what, text, expected] of wrong)
    it(`with ${what} is rejected with its line`, () => expect(complaint(text)).to.match(new RegExp(`^${expected}`)));
});

describe("several vault passwords", () => {
  const text = seal(Buffer.from("geheim"), { label: "dev", password: "right" });

  it("are tried in order: those with the text's label first, then the others", () => {
    const found = new Vault([
      { label: "first", password: "right" },
      { label: "dev", password: "right" },
    ]).open(text);
    expect(found.secret.label).to.equal("dev");
    const other = new Vault([
      { label: "dev", password: "wrong" },
      { label: "prod", password: "right" },
    ]).open(text);
    expect(other.secret.label).to.equal("prod");
  });

  it("are named by their labels if none is correct; a missing password is reported", () => {
    const two = new Vault([
      { label: "dev", password: "wrong-1" },
      { label: "prod", password: "wrong-2" },
    ]);
    expect(complaint(text, two)).to.equal(
      '1: none of the 2 vault passwords is correct (dev, prod) (its id is "dev"), or the encrypted text was changed',
    );
    expect(complaint(text, new Vault())).to.equal(
      '1: this is encrypted (its id is "dev"), and no vault password was given: use --ask-vault-pass, --vault-password-file or --vault-id',
    );
  });

  it("are hidden with everything that they decrypt: texts, and numbers as texts", () => {
    const hidden: string[] = [];
    const vault = new Vault([{ label: "dev", password: "right" }], (secret) => hidden.push(secret));
    expect(vault.reveal(text)).to.equal("geheim");
    vault.learned({ a: ["b", 12345, true, null] });
    expect(hidden).to.deep.equal(["right", "geheim", "b", "12345"]);
  });
});
