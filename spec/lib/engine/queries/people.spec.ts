import { expect } from "chai";
import { people } from "#engine/queries/people.ts";

describe("the people in a group", () => {
  const { of } = people("crew");
  if (!("parse" in of)) throw new Error("it asks the controller");
  const accounts = [
    "root:x:0:0",
    "www-data:x:33:33",
    "ann:x:1000:1000",
    "bob:x:1001:50",
    "nobody:x:65534:65534",
    "eve:x:70000:50",
  ];
  const groups = ["crew:x:50:www-data,ann,gone", "adm:x:4:", "ann:x:1000:"];
  const stdout = `${accounts.join("\n")}\n\0${groups.join("\n")}\n`;

  it("are its members and those with it as their primary group, without accounts of programs", () => {
    const found = of.parse(stdout, ["crew", "adm", "ann", "none"]);
    expect(Object.fromEntries(found)).to.deep.equal({ crew: ["ann", "bob"], adm: [], ann: ["ann"], none: [] });
  });
});
