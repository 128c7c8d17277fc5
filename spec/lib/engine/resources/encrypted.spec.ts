import { mkdirSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { file, template, unit } from "kubeplay";
import { seal, useVault, Vault } from "#engine/vault/index.ts";
import { temporaryFolder } from "../temporary.ts";
import { notFound } from "../unit-states.ts";
import { subject } from "./one-resource.ts";

const secret = { label: "default", password: "pw" };
const absent = { type: "absent" };
const covered = { what: "content", before: undefined, after: undefined, secret: true };

describe("an encrypted file of a role", () => {
  const role = temporaryFolder();
  const hidden: string[] = [];
  before(() => {
    useVault(new Vault([secret], (text) => hidden.push(text)));
    for (const name of ["files", "templates"]) mkdirSync(`${role}/${name}`);
    writeFileSync(`${role}/files/key`, seal(Buffer.from("geheim\n"), secret));
    writeFileSync(`${role}/templates/key.hbs`, seal(Buffer.from("geheim {{a}}\n"), secret));
  });
  after(() => useVault(new Vault()));

  it("is copied decrypted, and its content is never shown", () => {
    const copied = subject(file("Copy it", { src: "key", dest: "/key", mode: 0o600 }), role);
    expect(copied.diff({ path: absent })).to.deep.equal([covered]);
    expect(copied.steps({ path: absent })).to.deep.equal([
      { upload: "geheim\n", to: "/key", mode: 0o600, replaces: "absent" },
    ]);
    expect(hidden).to.include("geheim\n");
  });

  it("can be a template, and its result is never shown", () => {
    const made = subject(template("Make it", { src: "key.hbs", dest: "/key", values: { a: "b" } }), role);
    expect(made.diff({ path: absent })).to.deep.equal([covered]);
    expect(made.steps({ path: absent })).to.deep.equal([
      { upload: "geheim b\n", to: "/key", mode: 0o644, replaces: "absent" },
    ]);
    expect(hidden).to.include("geheim b\n");
  });

  it("can be the template of a unit", () => {
    const made = subject(unit("Make it", { name: "a", src: "key.hbs", values: { a: "b" } }), role);
    expect(made.diff({ file: absent, unit: notFound, dropIns: [] })).to.deep.equal([covered]);
  });

  it("is an error before anything is asked if the password is wrong", () => {
    useVault(new Vault([{ ...secret, password: "other" }]));
    writeFileSync(`${role}/templates/other.hbs`, seal(Buffer.from("geheim\n"), secret));
    for (const task of [
      file("Copy it", { src: "key", dest: "/k" }),
      template("Make it", { src: "other.hbs", dest: "/k" }),
    ])
      expect(() => subject(task, role)).to.throw(/(key|other\.hbs):1: the vault password is wrong/);
  });
});
