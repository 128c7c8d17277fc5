import { expect } from "chai";
import { locales } from "kubeplay";
import { asked, subject } from "../one-resource.ts";

describe("the resource locales", () => {
  const of = (p: object) => subject(locales("l", { names: ["de_DE.UTF-8", "fr_FR.ISO-8859-15@euro"], ...p }));
  const file = { type: "file", mode: 0o600 } as const;
  const now = (text: string, has = false) => ({
    ...{ file, text, "locale de_DE.UTF-8": has, "locale fr_FR.ISO-8859-15@euro": has },
  });
  const commented = "# This file\n# de_DE.UTF-8 UTF-8\n#fr_FR@euro  ISO-8859-15\nen_US.UTF-8 UTF-8\n";
  const both = "# This file\nde_DE.UTF-8 UTF-8\nfr_FR@euro ISO-8859-15\nen_US.UTF-8 UTF-8\n";
  const uploaded = (steps: readonly unknown[]) => (steps[0] as { readonly upload?: string }).upload;

  it("takes their lines out of comments, and keeps the others", () => {
    const one = of({});
    expect(asked(one).slice(2)).to.deep.equal(["locale de_DE.UTF-8", "locale fr_FR.ISO-8859-15@euro"]);
    expect(one.diff(now(commented)).map(({ what }) => what)).to.deep.equal(["de_DE.UTF-8", "fr_FR.ISO-8859-15@euro"]);
    const steps = one.steps(now(commented));
    expect(uploaded(steps)).to.equal(both);
    expect(steps).to.have.length(2);
    expect(uploaded(one.steps(now("")))).to.equal("de_DE.UTF-8 UTF-8\nfr_FR@euro ISO-8859-15\n");
    expect(one.diff({ ...now(commented), ...one.forecast(now(commented)) })).to.deep.equal([]);
  });

  it("generates them again without a write if only the locales are lost", () => {
    expect(of({}).diff(now(both, true))).to.deep.equal([]);
    expect(of({}).diff({ ...now(both, true), "locale de_DE.UTF-8": false })).to.have.length(1);
    expect(of({}).rawSteps(now(both))).to.deep.equal([{ sh: "/usr/sbin/locale-gen >/dev/null", timeout: 1800 }]);
  });

  it("removes them", () => {
    const gone = of({ state: "absent" });
    expect(uploaded(gone.steps(now(both, true)))).to.equal(
      "# This file\n# de_DE.UTF-8 UTF-8\n# fr_FR@euro ISO-8859-15\nen_US.UTF-8 UTF-8\n",
    );
    expect(gone.diff(now(commented))).to.deep.equal([]);
    expect(gone.diff({ ...now(both, true), ...gone.forecast(now(both, true)) })).to.deep.equal([]);
  });

  it("needs locale-gen, a file, and names with a character set", () => {
    expect(of({}).problems(now(""), { type: "absent" })).to.deep.equal({
      "path /usr/sbin/locale-gen": "de_DE.UTF-8, fr_FR.ISO-8859-15@euro: there is no /usr/sbin/locale-gen",
    });
    expect(() => of({}).diff({ ...now(""), file: { type: "link", target: "/x" } })).to.throw("is a link to /x");
    for (const name of ["de_DE", "C.UTF-8", "de_DE.utf8", "de_DE.UTF-8\nx"])
      expect(() => of({ names: [name] }), name).to.throw("is not the name of a locale");
  });
});
