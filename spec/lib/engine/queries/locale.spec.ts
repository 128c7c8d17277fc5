import { expect } from "chai";
import { locale } from "#engine/queries/locale.ts";
import { ask } from "./ask.ts";
import { parseAll } from "./parse.ts";

describe("the query locale", () => {
  it("finds names as people write them among those that `locale -a` prints", () => {
    const asked = [
      locale("de_DE.UTF-8"),
      locale("de_DE.ISO-8859-15@euro"),
      locale("sr_RS@latin"),
      locale("de_DE"),
    ] as const;
    const printed = "C\nC.utf8\nPOSIX\nde_DE.utf8\nde_DE.iso885915@euro\nsr_RS@latin\n";
    expect(parseAll(asked, printed)).to.deep.equal([true, true, true, false]);
    expect(parseAll([locale("de_DE.UTF-8")], "")).to.deep.equal([false]);
  });

  it("asks this machine", async () => {
    expect(await ask([locale("C"), locale("xx_XX.UTF-8")])).to.deep.equal([true, false]);
  });
});
