import { expect } from "chai";
import { content } from "#engine/queries/content.ts";
import { defineQuery } from "#engine/queries/define.ts";
import { path } from "#engine/queries/path.ts";
import { asFolder, foldersAbove } from "#engine/runner/state/folders-above.ts";
import { isBelow, Overlay } from "#engine/runner/state/overlay.ts";
import { effect, unknown } from "#engine/tasks/resource.ts";

const count = defineQuery<number>({ kind: "count", get: () => Promise.resolve(new Map<string, number>()) });

describe("the forecasts of a check", () => {
  let overlay: Overlay;
  beforeEach(() => (overlay = new Overlay()));
  const absent = { type: "absent" } as const;

  it("are none at first", () => {
    expect(overlay.of(path("/a"))).to.equal(undefined);
    expect(overlay.open).to.equal(false);
    expect(overlay.after(count("x"), 1)).to.equal(1);
  });

  it("are the latest of a query, which may be nothing at all", () => {
    overlay.add(effect(path("/a"), absent));
    expect(overlay.of(path("/a"))?.state).to.equal(absent);
    overlay.add(effect(path("/a"), unknown));
    expect(overlay.of(path("/a"))?.state).to.equal(unknown);
    expect(overlay.of(path("/b"))).to.equal(undefined);
    overlay.add({ query: count("x"), state: undefined });
    expect(overlay.of(count("x"))).to.deep.include({ state: undefined });
  });

  it("are that anything may be there after a change that may touch everything", () => {
    overlay.add("everything");
    expect(overlay.open).to.equal(true);
    expect(overlay.of(path("/a"))).to.equal(undefined);
  });

  it("of a folder are those of all in it, at any depth, until a later one", () => {
    overlay.add(effect(path("/a/b/c"), absent));
    overlay.add({ below: "/a/", state: unknown });
    for (const inside of ["/a/b", "/a/b/c"]) expect(overlay.of(path(inside))?.state, inside).to.equal(unknown);
    for (const outside of ["/a", "/ab", "/"]) expect(overlay.of(path(outside)), outside).to.equal(undefined);
    overlay.add({ below: "/a/b", state: "gone" });
    expect(overlay.of(path("/a/b/c"))?.state).to.deep.equal(path("/x").of.ofPath?.gone);
    expect(overlay.of(content("/a/b/c"))?.state).to.deep.equal(content("/x").of.ofPath?.gone);
    expect(overlay.of(path("/a/x"))?.state).to.equal(unknown);
    overlay.add({ below: "/a", state: unknown });
    expect(overlay.of(path("/a/b/c"))?.state).to.equal(unknown);
    overlay.add(effect(path("/a/b/c"), absent));
    expect(overlay.of(path("/a/b/c"))?.state).to.equal(absent);
  });

  it("of a folder without a state are none: the host answers", () => {
    overlay.add({ below: "/a" });
    expect(overlay.of(path("/a/b"))).to.equal(undefined);
  });

  it("of a kind follow from what is forecast or answered, one after the other", () => {
    overlay.add(effect(count("one"), 1));
    overlay.add(effect(count("unknown"), unknown));
    overlay.add({ kind: "count", becomes: (state, key) => (state as number) + key.length });
    overlay.add({ kind: "count", becomes: (state) => (state as number) * 10 });
    overlay.add({ kind: "count" });
    overlay.add({ kind: "other", becomes: () => "nothing" });
    expect(overlay.of(count("one"))?.state).to.equal(40);
    expect(overlay.of(count("unknown"))?.state).to.equal(unknown);
    expect(overlay.after(count("four"), 1)).to.equal(50);
  });
});

describe("the folders above a path", () => {
  it("are all of them, without the path itself", () => {
    expect(foldersAbove(path("/etc/ssl/key"))).to.deep.equal(["/etc/ssl", "/etc", "/"]);
    expect(foldersAbove(path("/etc"))).to.deep.equal(["/"]);
    expect(foldersAbove(path("/"))).to.deep.equal([]);
    expect(foldersAbove({ of: path("/").of, key: "relative/path" })).to.deep.equal(["relative"]);
    expect(foldersAbove(count("/etc/ssl")), "no path").to.deep.equal([]);
  });

  it("have no slash at their end", () => {
    expect(["/etc/", "/etc", "/"].map(asFolder)).to.deep.equal(["/etc", "/etc", "/"]);
    expect(isBelow(path("/etc/ssl"), "/etc/")).to.equal(true);
    expect(isBelow(path("/etc"), "/etc")).to.equal(false);
  });
});
