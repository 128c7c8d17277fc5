import { expect } from "chai";
import { content } from "#engine/queries/content.ts";
import { path } from "#engine/queries/path.ts";
import { probe } from "#engine/queries/probe.ts";
import type { Query } from "#engine/queries/define.ts";
import { AnswerTable } from "#engine/runner/state/answer-table.ts";

describe("a table of answers", () => {
  const filled = (...queries: readonly Query<unknown>[]): AnswerTable => {
    const table = new AnswerTable();
    for (const query of queries) table.keep(query, query.key);
    return table;
  };
  const left = (table: AnswerTable, ...queries: readonly Query<unknown>[]) =>
    queries.filter((query) => table.get(query) !== undefined).map(({ of, key }) => `${of.kind} ${key}`);

  it("has the latest answer to a query, whichever object asks it", () => {
    const table = filled(path("/etc/hosts"));
    table.keep(path("/etc/hosts"), "later");
    expect(table.get(path("/etc/hosts"))?.state).to.equal("later");
    table.forget(path("/etc/hosts"));
    expect(table.get(path("/etc/hosts"))).to.equal(undefined);
  });

  it("forgets a folder's paths at any depth, and neither the folder nor its namesakes nor what is no path", () => {
    const all = [path("/a"), path("/a/b"), content("/a/b/c"), path("/ab"), probe("/a/b"), path("/")];
    for (const folder of ["/a", "/a/"]) {
      const table = filled(...all);
      table.forgetBelow(folder);
      expect(left(table, ...all)).to.deep.equal(["path /a", "path /ab", "probe /a/b", "path /"]);
    }
    const table = filled(...all);
    table.forgetBelow("/");
    expect(left(table, ...all)).to.deep.equal(["probe /a/b", "path /"]);
  });

  it("forgets whole kinds", () => {
    const all = [path("/a"), content("/a"), probe("true")];
    const table = filled(...all);
    table.forgetKinds(({ volatile }) => volatile === true);
    expect(left(table, ...all)).to.deep.equal(["path /a", "content /a"]);
    table.clear();
    expect(left(table, ...all)).to.deep.equal([]);
  });

  it("forgets one of twenty thousand answers, or one folder's, without a look at the others", function () {
    this.timeout(10_000);
    const count = 20_000;
    const names = Array.from({ length: count }, (_, index) => `/srv/${String(index)}`);
    const table = filled(...names.flatMap((name) => [path(name), content(`${name}/in`)]));
    for (const name of names) {
      table.forget(path(name));
      table.forgetBelow(name);
      table.forgetKinds(({ volatile }) => volatile === true);
      table.keep(path(name), "again");
    }
    expect(left(table, ...names.map((name) => path(name)))).to.have.length(count);
    expect(left(table, ...names.map((name) => content(`${name}/in`)))).to.deep.equal([]);
  });
});
