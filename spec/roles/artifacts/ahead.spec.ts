import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { askNow } from "#engine/queries/define.ts";
import { cachedRefs } from "#artifacts/store/cached-query.ts";
import { lookUp, cacheAt } from "#engine/cache/cache.ts";
import { beginArtifacts, ensureArtifacts } from "#artifacts/store/ensure.ts";
import { refName, want, type WantedComponent } from "#artifacts/catalogue/wanted.ts";
import { compiling } from "#artifacts/sources/limits.ts";
import { cacheFolder } from "#engine/files.ts";
import { keepsEnvironment } from "../../lib/engine/environment.ts";
import { until } from "../../until.ts";
import { failure, makeWorkshop, tool, type Workshop } from "../../lib/artifacts/helpers.ts";

const [first, second, third] = ["1.0.0", "2.0.0", "3.0.0"].map((version) =>
  want(tool, { tool_version: version }, "amd64"),
) as [WantedComponent, WantedComponent, WantedComponent];

/** A fake Go: the modules of 2.0.0 arrive first; a build records its version, and waits for a file. */
const slowGo = (folder: string): string => `#!/bin/sh
case $1 in
version) echo "go version go1.26.8 linux/amd64" ;;
list)
  grep -q v2.0.0 go.mod || until [ -e "${folder}/built" ]; do sleep 0.05; done
  echo listed >> "${folder}/listed" ;;
build)
  grep -o 'v[0-9]\\.0\\.0' go.mod >> "${folder}/built"
  until [ -e "${folder}/go-on" ]; do sleep 0.05; done
  ! grep -qsf "${folder}/fails" go.mod || exit 1
  mkdir out && echo server > out/tool && echo client > out/toolctl ;;
esac
`;

describe("artifacts that are fetched in the background", () => {
  keepsEnvironment();
  const builds = compiling.concurrency;
  // Of two builds that start together, either may be the first to record itself.
  before(() => (compiling.concurrency = 1));
  after(() => (compiling.concurrency = builds));
  let shop: Workshop;
  let go: string;
  beforeEach(async () => {
    shop = await makeWorkshop();
    process.env.XDG_CACHE_HOME = shop.folder;
    go = await shop.file("go", slowGo(shop.folder), 0o755);
  });
  afterEach(() => shop.remove());

  const options = () => ({ source: "build", go, cache: cacheAt(cacheFolder()), lockFile: shop.lockFile }) as const;
  const goOn = () => shop.file("go-on", "");
  const lines = (name: string): string[] => {
    const file = path.join(shop.folder, name);
    return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  };
  const run = () => {
    const end = new AbortController();
    return { end, notice: () => undefined, ended: end.signal };
  };
  const isCached = async (one: WantedComponent): Promise<boolean> =>
    (await lookUp(options().cache, refName(one, "tool"))) !== undefined;
  const reported = async (one: WantedComponent): Promise<unknown> => {
    const [query] = Object.values(cachedRefs([refName(one, "tool")]));
    return query && askNow(query);
  };

  it("are compiled in the order of need, without waiting for modules that arrive late", async () => {
    const all = [third, first, second];
    await beginArtifacts(all, options(), run());
    await until("three modules are listed", () => lines("listed").length === 3);
    await goOn();
    await ensureArtifacts(all, options());
    expect(lines("built")).to.deep.equal(["v2.0.0", "v3.0.0", "v1.0.0"]);
  });

  it("end the wait for one of them before the others are done", async () => {
    await beginArtifacts([second, third], options(), run());
    await until("two modules are listed", () => lines("listed").length === 2);
    await goOn();
    await ensureArtifacts([second], options());
    expect(await isCached(second)).to.equal(true);
    await ensureArtifacts([third], options());
    expect(lines("built")).to.deep.equal(["v2.0.0", "v3.0.0"]);
  });

  it("count as absent until a task has waited for them, so that the task reports a change", async () => {
    await goOn();
    await beginArtifacts([second], options(), run());
    await until("the second is cached", () => isCached(second));
    expect(await reported(second)).to.equal(undefined);
    await ensureArtifacts([second], options());
    expect(await reported(second)).to.include({ source: "build" });
    expect(lines("built"), "it is built once").to.have.length(1);
  });

  it("end with the run that started them", async () => {
    const ofRun = run();
    await beginArtifacts([second], options(), ofRun);
    await until("one is built", () => lines("built").length === 1);
    ofRun.end.abort();
    await failure(ensureArtifacts([second], options()));
    expect(await isCached(second)).to.equal(false);
  });

  it("end the wait if the user ends the run, and the error says that nothing is lost", async () => {
    const ofRun = run();
    const message = await failure(
      ensureArtifacts(
        [second],
        options(),
        () => undefined,
        () => true,
        ofRun,
      ),
    );
    expect(message).to.match(/^interrupted: 0 of 1 done/);
    expect(message).to.contain("run the same command again");
    ofRun.end.abort();
  });

  it("fail only for the task that needs them, and the failure is reported at once", async () => {
    await shop.file("fails", "v3.0.0");
    await goOn();
    const notices: string[] = [];
    await beginArtifacts([third, second], options(), { ...run(), notice: (message) => notices.push(message) });
    await ensureArtifacts([second], options());
    await until("it says that it failed", () =>
      notices.some((notice) => notice.startsWith("tool 3.0.0 could not be fetched")),
    );
    expect(await failure(ensureArtifacts([third], options()))).to.contain("tool 3.0.0");
  });
});
