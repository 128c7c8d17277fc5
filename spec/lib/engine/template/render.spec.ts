import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { InputError } from "#engine/errors.ts";
import { parseTemplate, renderTemplate } from "#engine/template/render.ts";

describe("a template file", () => {
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "template-"));
    file = path.join(folder, "a.conf.hbs");
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("is rendered, and is read again after a change", () => {
    writeFileSync(file, "port {{port}}\n");
    expect(renderTemplate(file, { port: 1 })).to.equal("port 1\n");
    expect(parseTemplate(file)).to.equal(parseTemplate(file));
    writeFileSync(file, "PORT {{port}}\n");
    utimesSync(file, 1, 1);
    expect(renderTemplate(file, { port: 1 })).to.equal("PORT 1\n");
  });

  it("is named with line and column in its errors", () => {
    writeFileSync(file, "a\nlisten {{prot}};\n");
    expect(() => renderTemplate(file, { port: 1 })).to.throw(
      InputError,
      `${file}:2:10: there is no "prot"; did you mean "port"? (there are: port)`,
    );
    writeFileSync(file, "a\n\n{{#if a}}\n");
    expect(() => parseTemplate(file)).to.throw(InputError, `${file}:4:1: syntax error`);
  });

  it("is named by its relative path if it is in the project", () => {
    const inside = path.resolve("roles/none/templates/none.hbs");
    expect(() => parseTemplate(inside)).to.throw(
      InputError,
      "roles/none/templates/none.hbs: there is no such template",
    );
  });

  it("cannot be a folder", () => {
    expect(() => parseTemplate(folder)).to.throw(InputError, `${folder}: the template cannot be read (EISDIR)`);
  });
});
