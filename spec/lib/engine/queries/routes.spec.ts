import { existsSync } from "node:fs";
import { expect } from "chai";
import { routes, routesOf } from "#engine/queries/routes.ts";
import { ask } from "./ask.ts";
import { parse } from "./parse.ts";
import { needs } from "../needs.ts";

// The output of ip 6.15.
const answer = `[{"dst":"default","gateway":"10.0.0.1","dev":"eth0","protocol":"4","metric":100,"flags":[]},{"dst":"10.0.0.0/24","dev":"eth0","protocol":"2","scope":"253","prefsrc":"10.0.0.11","flags":[]},{"dst":"10.244.12.0/24","gateway":"10.0.0.12","dev":"eth0","protocol":"142","flags":[]}]`;

describe("the query routes", () => {
  it("returns the routes of one protocol, with the gateway if there is one", () => {
    expect(parse(routesOf(142), answer)).to.deep.equal([{ to: "10.244.12.0/24", via: "10.0.0.12", device: "eth0" }]);
    expect(parse(routesOf(2), answer)).to.deep.equal([{ to: "10.0.0.0/24", via: undefined, device: "eth0" }]);
    expect(parse(routesOf(99), answer)).to.deep.equal([]);
  });

  it("returns all routes", () => {
    expect(parse(routes(), answer)?.map(({ to }) => to)).to.deep.equal(["default", "10.0.0.0/24", "10.244.12.0/24"]);
  });

  it("returns none if ip is not installed", () => {
    expect(parse(routesOf(142), "\n")).to.deep.equal([]);
  });

  it("rejects numbers that are not a protocol's", () => {
    for (const number of [0, 256, 1.5]) expect(() => routesOf(number)).to.throw("expected 1 to 255");
    for (const number of [1, 255]) expect(() => routesOf(number)).not.to.throw();
  });

  it("asks this machine", async function () {
    needs(this, "the program ip", existsSync("/usr/sbin/ip") || existsSync("/sbin/ip"));
    expect(await ask([routesOf(251)])).to.deep.equal([[]]);
  });
});
