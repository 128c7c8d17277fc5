import { expect } from "chai";
import fc from "fast-check";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Journal } from "#engine/runner/index.ts";
import { always } from "../../../../always.ts";
import { hostileText } from "../../../../hostile.ts";
import { clear, folder } from "../stage.ts";

describe("the journal of pending handlers", () => {
  after(clear);

  it("keeps what a host is owed until it is paid, for another run to read", () => {
    const root = path.join(folder(), "pending");
    new Journal(root, false).keep("a", new Set(["r\0Restart", "r\0Reload"]));
    expect([...new Journal(root, false).pending("a")]).to.deep.equal(["r\0Restart", "r\0Reload"]);
    expect([...new Journal(root, false).pending("b")]).to.deep.equal([]);
    new Journal(root, false).keep("a", new Set());
    expect(readdirSync(root)).to.deep.equal([]);
  });

  always(
    "keeps to its folder, whatever the names of hosts and handlers",
    fc.tuple(hostileText, hostileText),
    ([host, handler]) => {
      const root = path.join(folder(), "pending");
      const journal = new Journal(root, false);
      journal.keep(host, new Set([handler]));
      expect([...journal.pending(host)]).to.deep.equal([handler]);
      expect(readdirSync(root)).to.have.length(1);
      expect(readdirSync(path.dirname(root))).to.deep.equal(["pending"]);
      journal.keep(host, new Set());
      expect(readdirSync(root)).to.deep.equal([]);
    },
    { runs: 100 },
  );

  it("is read and never written in check mode", () => {
    const root = folder();
    new Journal(root, false).keep("a", new Set(["r\0Restart"]));
    const check = new Journal(root, true);
    check.keep("a", new Set());
    check.keep("b", new Set(["r\0Restart"]));
    expect(check.pending("a").size).to.equal(1);
    expect(check.pending("b").size).to.equal(0);
  });

  it("owes nothing where a file of it is damaged", () => {
    const root = folder();
    writeFileSync(path.join(root, "a.json"), '["r');
    writeFileSync(path.join(root, "b.json"), '{"r": 1}');
    const journal = new Journal(root, false);
    expect([journal.pending("a").size, journal.pending("b").size]).to.deep.equal([0, 0]);
  });

  it("writes only into its own folder, whatever a host is called", () => {
    const root = folder();
    const journal = new Journal(path.join(root, "pending"), false);
    journal.keep("../x", new Set(["r\0Restart"]));
    expect(existsSync(path.join(root, "x.json"))).to.equal(false);
    expect(journal.pending("../x").size).to.equal(1);
  });
});
