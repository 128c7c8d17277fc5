import { expect } from "chai";
import { announcement, type Decision } from "#artifacts/store/announcement.ts";
import { catalogue } from "#artifacts/catalogue/index.ts";
import { isMeasured } from "#artifacts/catalogue/efforts.ts";
import { want } from "#artifacts/catalogue/wanted.ts";

const component = (name: string): Decision["wanted"] => {
  const found = catalogue.find((one) => one.name === name);
  if (!found) throw new Error(`no component ${name}`);
  return want(found, { [found.variable]: "1.2.3" }, "amd64");
};
const say = (...decisions: Decision[]): string =>
  announcement({ decisions, folder: "/cache", pace: 1, processors: 2 }).join("\n");

describe("the announcement before a long first step", () => {
  const why = "dl.k8s.io: getaddrinfo ENOTFOUND dl.k8s.io";

  it("says how much is built and why, how long it takes, and what would be faster", () => {
    const text = say(
      { wanted: component("kubernetes"), source: "build", why },
      { wanted: component("etcd"), source: "build", why },
      { wanted: component("cilium-root"), source: "build" },
    );
    expect(text).to.match(
      /^Not in the cache \(\/cache\) yet: 2 to build with Go, 1 from Debian, [\d.]+ [MG]B in all\.$/m,
    );
    expect(text).to.match(/^Building takes about \d+ minutes on this machine \(2 processors\), once\./m);
    expect(text).to.contain(`because upstream cannot be reached: ${why}.`);
    expect(text).to.contain("-e artifact_upstream_url=URL").and.to.contain("npm run bundle");
  });

  it("says how much is downloaded if nothing is built", () => {
    const text = say({ wanted: component("kubernetes"), source: "upstream" });
    expect(text).to.match(/^Not in the cache \(\/cache\) yet: 1 component to download, [\d.]+ [MG]B in all\.$/);
  });

  it("has a measured effort for every component that Go builds", () => {
    const unknown = catalogue.filter((one) => one.build.kind === "go" && !isMeasured(one)).map(({ name }) => name);
    expect(unknown).to.deep.equal([]);
  });

  it("is empty if the step takes seconds", () => {
    expect(say({ wanted: component("pause"), source: "build" })).to.equal("");
  });
});
