import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { InputError } from "#engine/errors.ts";
import { utf8Text } from "#engine/files.ts";
import { loadInventory } from "#engine/inventory/load.ts";
import { renderTemplate } from "#engine/template/render.ts";
import { readSecret } from "#engine/vault/index.ts";
import { temporaryFolder } from "./temporary.ts";

describe("a text of the controller that is not UTF-8", () => {
  const root = temporaryFolder();
  const read = (bytes: readonly number[]) => {
    try {
      return utf8Text(Buffer.from(bytes), "a.txt");
    } catch (error) {
      return error instanceof InputError ? error.message : String(error);
    }
  };

  it("is an error with line and byte", () => {
    const word = [...Buffer.from("Grüße\n")];
    expect(read(word)).to.equal("Grüße\n");
    expect(read([...word, 0x61, 0xfc, 0x62])).to.equal("a.txt:2: byte 10 (0xfc) is not UTF-8: save the text as UTF-8");
    expect(read([0xfc])).to.include("a.txt:1: byte 1 (0xfc)");
    expect(read([0x0a, 0x0a, 0xe2, 0x82])).to.include("a.txt:3: byte 3 (0xe2)");
    expect(read([0x61, 0xe2, 0x82, 0x61])).to.include("byte 2 (0xe2)");
    expect(read([0xed, 0xa0, 0x80])).to.include("byte 1 (0xed)");
  });

  const latin1 = (name: string, text: string): string => {
    writeFileSync(`${root}/${name}`, Buffer.from(text, "latin1"));
    return `${root}/${name}`;
  };

  it("is refused as a template", () => {
    expect(() => renderTemplate(latin1("a.hbs", "Grüße {{a}}"), { a: 1 })).to.throw("byte 3 (0xfc) is not UTF-8");
  });

  it("is refused as an inventory", () => {
    const file = latin1("hosts.yaml", "all:\n  vars:\n    a: ä\n");
    expect(() => loadInventory({ file, root })).to.throw("hosts.yaml:3: byte 21 (0xe4) is not UTF-8");
  });

  it("is refused as a vault password", async () => {
    const asked = readSecret({ label: "default", source: latin1("password", "päss") }, () => Promise.resolve(""));
    expect(await asked.catch(String)).to.include("byte 2 (0xe4) is not UTF-8");
  });
});
