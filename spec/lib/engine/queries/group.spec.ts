import { expect } from "chai";
import { group } from "#engine/queries/group.ts";
import { ask } from "./ask.ts";
import { parse } from "./parse.ts";

describe("the query group", () => {
  it("returns gid and members, and undefined for an unknown name", async () => {
    const [root, none] = await ask([group("root"), group("no-such-group")]);
    expect(root).to.include({ gid: 0 });
    expect(none).to.equal(undefined);
    expect(parse(group("a"), "a:x:6:root,kube\n")).to.deep.equal({ name: "a", gid: 6, members: ["root", "kube"] });
  });

  it("finds a group by its number", async () => {
    const [root, none] = await ask([group("0"), group("3999999999")]);
    expect(root).to.include({ name: "root", gid: 0 });
    expect(none).to.equal(undefined);
  });
});
