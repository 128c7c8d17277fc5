import { expect } from "chai";
import { mount } from "#engine/queries/mount.ts";
import { ask } from "./ask.ts";
import { parse, parseAll } from "./parse.ts";

// Lines of Linux 6.12.
const tmpfs = "40 24 0:35 / /srv/a\\040b rw,nosuid shared:18 - tmpfs tmpfs rw,size=1024k\n";
const bind = "41 24 254:0 /srv/data /srv/bound rw - ext4 /dev/vda rw\n";
const nfs = "42 24 0:50 / /srv/nfs rw shared:19 master:2 - nfs4 files:/export rw,vers=4.2\n";

describe("the query mount", () => {
  it("returns type and source, and undefined where nothing is mounted", () => {
    const asked = [mount("/srv/a b/"), mount("/srv/bound"), mount("/srv/nfs"), mount("/srv")] as const;
    expect(parseAll<unknown>(asked, tmpfs + bind + nfs)).to.deep.equal([
      { type: "tmpfs", src: "tmpfs" },
      { type: "ext4", src: "/dev/vda" },
      { type: "nfs4", src: "files:/export" },
      undefined,
    ]);
  });

  it("returns the last of several, which hides the others", () => {
    const over = "43 40 0:36 / /srv/bound rw - tmpfs it\\040self rw\n";
    expect(parse(mount("/srv/bound"), bind + over)).to.deep.equal({ type: "tmpfs", src: "it self" });
  });

  it("does not take the folder of a bind for a mount", () => {
    expect(parse(mount("/srv/data"), bind)).to.equal(undefined);
  });

  it("takes what Unicode calls a space for a part of a name", () => {
    const path = "/srv/a\u2028b\u00a0c\ufeff";
    const line = `44 24 0:37 / ${path} rw - tmpfs it\u00a0self rw\n`;
    expect(parse(mount(path), line)).to.deep.equal({ type: "tmpfs", src: "it\u00a0self" });
  });

  it("rejects a line that the kernel does not write", () => {
    expect(() => parse(mount("/srv"), "40 24 / /srv rw\n")).to.throw('unexpected "40 24 / /srv rw"');
  });

  it("asks this machine", async () => {
    const answers = await ask(["/proc", "/no such", "/it's [not] here"].map(mount));
    expect(answers).to.deep.equal([{ type: "proc", src: "proc" }, undefined, undefined]);
    expect(await ask([mount("/no such")])).to.deep.equal([undefined]);
  });
});
