import { expect } from "chai";
import { postgresDatabase } from "kubeplay";
import { unknown } from "#engine/tasks/resource.ts";
import { asked, subject } from "../one-resource.ts";

const sql = (step: unknown): string => /printf '%s\\n' '(.*)' \| psql/s.exec(step as string)?.[1] ?? "";

describe("the resource postgresDatabase", () => {
  const none = { database: {} };
  const now = { database: { found: { owner: "shop", encoding: "UTF8", locale: "C.UTF-8" } } };
  const of = (p: object) => subject(postgresDatabase("d", { name: "shop", ...p }));

  it("makes a database of its owner", () => {
    const one = of({ owner: "shop" });
    expect(asked(one)).to.deep.equal(["postgres database shop"]);
    expect(one.diff(none)).to.deep.equal([{ what: "state", before: "absent", after: "present" }]);
    expect(one.steps(none).map(sql)).to.deep.equal(['CREATE DATABASE "shop" OWNER "shop";']);
    expect(one.forecast(none)).to.deep.equal({ database: unknown });
    expect(one.diff(now)).to.deep.equal([]);
  });

  it("makes one with an encoding and a locale of its own from template0", () => {
    const one = of({ owner: "shop", encoding: "UTF8", locale: "C.UTF-8" });
    expect(one.steps(none).map(sql)).to.deep.equal([
      `CREATE DATABASE "shop" OWNER "shop" TEMPLATE "template0" ENCODING 'UTF8' LOCALE 'C.UTF-8';`.replaceAll(
        "'",
        "'\\''",
      ),
    ]);
    expect(one.forecast(none)).to.deep.equal(now);
    expect(() => of({ encoding: "LATIN1" }).diff(now)).to.throw("the encoding is UTF8, expected LATIN1");
  });

  it("gives it to another owner, and removes it", () => {
    const other = of({ owner: "wiki" });
    expect(other.diff(now)).to.deep.equal([{ what: "owner", before: "shop", after: "wiki" }]);
    expect(other.steps(now).map(sql)).to.deep.equal(['ALTER DATABASE "shop" OWNER TO "wiki";']);
    expect(other.diff(other.forecast(now))).to.deep.equal([]);
    const gone = of({ state: "absent" });
    expect(gone.steps(now).map(sql)).to.deep.equal(['DROP DATABASE "shop";']);
    expect(gone.diff(gone.forecast(now))).to.deep.equal([]);
  });

  it("needs a server and the owner, and names that can be one", () => {
    expect(of({ owner: "shop" }).problems(none, {})).to.deep.equal({
      "postgres database shop": undefined,
      "postgres role shop": "there is no role shop",
    });
    expect(() => of({ name: "" })).to.throw("is not the name of a database");
    expect(() => of({ owner: "a\0b" })).to.throw("is not the name of a role");
  });
});
