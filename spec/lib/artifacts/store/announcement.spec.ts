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
const sayAt = (line: number | undefined, ...decisions: Decision[]): string =>
  announcement({ decisions, folder: "/cache", pace: 1, processors: 2, line }).join("\n");
const say = (...decisions: Decision[]): string => sayAt(undefined, ...decisions);

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
    expect(text).to.match(
      /^Not in the cache \(\/cache\) yet: 1 component to download \(about 613 MB\), 613 MB in all\.$/m,
    );
  });

  it("says how long the downloads take, at the speed of the last ones", () => {
    const text = sayAt(2.5e6, { wanted: component("kubernetes"), source: "upstream" });
    expect(text).to.match(/^Downloading takes about 4 minutes, at the 2\.5 MB\/s of the last downloads\.$/m);
    const archive = sayAt(2.5e6, { wanted: component("containerd"), source: "upstream" });
    expect(archive).to.contain("1 component to download (about 24 MB), 76 MB in all.");
    expect(archive).to.contain("takes less than a minute,");
  });

  it("gives examples for common lines before the first download", () => {
    expect(say({ wanted: component("kubernetes"), source: "upstream" })).to.match(
      /^Downloading takes about 8 minutes at 10 Mbit\/s, and about 1 minute at 100 Mbit\/s\./m,
    );
    expect(say({ wanted: component("kubernetes"), source: "build", why })).not.to.contain("Downloading");
  });

  it("has a measured effort for every component that Go builds", () => {
    const unknown = catalogue.filter((one) => one.build.kind === "go" && !isMeasured(one)).map(({ name }) => name);
    expect(unknown).to.deep.equal([]);
  });

  it("is empty if the step takes seconds", () => {
    expect(say({ wanted: component("pause"), source: "build" })).to.equal("");
  });
});
