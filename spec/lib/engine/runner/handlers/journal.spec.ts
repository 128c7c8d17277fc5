import { expect } from "chai";
import fc from "fast-check";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Journal } from "#engine/runner/index.ts";
import { nothingOwed, readOwed, type Owed } from "#engine/runner/handlers/owed.ts";
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
    writeFileSync(path.join(root, "b.json"), '{"at": 1, "handlers": {"r": 1}}');
    const journal = new Journal(root, false);
    expect([journal.pending("a").size, journal.pending("b").size]).to.deep.equal([0, 0]);
  });

  it("reads a list that is whole, and nothing of any other", () => {
    const whole = { at: 1, handlers: ["r\0Restart"] };
    expect(readOwed(JSON.stringify(whole))).to.deep.equal(whole);
    for (const text of ["", "null", "[]", "7", '{"at":1}', '{"handlers":[]}', JSON.stringify(whole).slice(0, -1)])
      expect(readOwed(text), text).to.deep.equal(nothingOwed);
  });

  it("writes only into its own folder, whatever a host is called", () => {
    const root = folder();
    const journal = new Journal(path.join(root, "pending"), false);
    journal.keep("../x", new Set(["r\0Restart"]));
    expect(existsSync(path.join(root, "x.json"))).to.equal(false);
    expect(journal.pending("../x").size).to.equal(1);
  });

  describe("beside the list that the host has", () => {
    const lists = (ofController: readonly string[], change: Partial<Owed>) => {
      const root = folder();
      const { at } = new Journal(root, false).keep("a", new Set(ofController));
      const ofHost = { at: at + 1000, handlers: ["r\0Reload"], ...change };
      return { root, at, ofHost };
    };

    it("takes over the host's where that is newer: another checkout has played it", () => {
      const { root, ofHost } = lists(["r\0Restart"], {});
      const journal = new Journal(root, false);
      journal.agree("a", ofHost);
      expect([...journal.pending("a")]).to.deep.equal(["r\0Reload"]);
      expect([...new Journal(root, false).pending("a")], "for the next run").to.deep.equal(["r\0Reload"]);
    });

    it("owes what either has where its own is newer: the host may have missed it", () => {
      const { root, at, ofHost } = lists(["r\0Restart"], {});
      const journal = new Journal(root, false);
      journal.agree("a", { ...ofHost, at: at - 1000 });
      expect([...journal.pending("a")]).to.deep.equal(["r\0Restart", "r\0Reload"]);
    });

    it("keeps its own where the host has none", () => {
      const { root } = lists(["r\0Restart"], {});
      const journal = new Journal(root, false);
      journal.agree("a", nothingOwed);
      expect([...journal.pending("a")]).to.deep.equal(["r\0Restart"]);
    });

    it("asks only once in a run: from then on it has the newer one", () => {
      const { root, ofHost } = lists([], {});
      const journal = new Journal(root, false);
      journal.agree("a", ofHost);
      journal.keep("a", new Set());
      journal.agree("a", ofHost);
      expect(journal.pending("a").size).to.equal(0);
    });

    it("still takes over the host's after a play whose user could not read it", () => {
      const { root, ofHost } = lists(["r\0Restart"], {});
      const journal = new Journal(root, false);
      journal.agree("a", undefined);
      journal.agree("a", ofHost);
      expect([...journal.pending("a")]).to.deep.equal(["r\0Reload"]);
    });

    it("owes what the host says in check mode too, and writes nothing", () => {
      const root = folder();
      const check = new Journal(root, true);
      check.agree("a", { at: 1, handlers: ["r\0Restart"] });
      expect([...check.pending("a")]).to.deep.equal(["r\0Restart"]);
      expect(readdirSync(root)).to.deep.equal([]);
    });
  });
});
