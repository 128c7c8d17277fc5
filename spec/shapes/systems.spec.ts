import { expect } from "chai";
import { packagesFor } from "#cluster/packages.ts";
import { unreachable } from "#artifacts/sources/reach.ts";
import { prepared } from "../engine/every-task.ts";
import { labHosts } from "../lab-hosts.ts";
import { clear } from "../lib/engine/runner/stage.ts";
import { on, target } from "./lab/host.ts";
import { ubuntuArchive } from "./lab/suites.ts";
import { keepsEverything, projectOf } from "./project.ts";

const { "kube-proxy": proxyTools, ...others } = packagesFor;
/** All packages that a cluster's roles install, with any variables. */
const wanted = [...Object.values(others), proxyTools("ipvs"), proxyTools("nftables"), "systemd-timesyncd"].flat();

/** Fails if one of the packages does not exist under that name. */
const hasPackages = (host: string): Promise<string> =>
  on(host, `apt-get update -qq && apt-get install --simulate -qq ${wanted.join(" ")} >/dev/null`);

describe("another system", () => {
  after(clear);

  describe("Debian 12", () => {
    it("applies every resource as on Debian 13", async () => {
      await on("shape-bookworm", prepared);
      await keepsEverything(projectOf(target("shape-bookworm")));
    });

    it("has the packages that a cluster needs", () => hasPackages("shape-bookworm"));
  });

  describe("Ubuntu 24.04", () => {
    before("check that Ubuntu's archive can be reached", async function () {
      this.timeout(10_000);
      const why = await unreachable(`${ubuntuArchive}/dists/noble/InRelease`, 5000);
      if (why === undefined) return;
      console.log(`    Ubuntu 24.04 is left out: ${why}`);
      this.skip();
    });
    const lab = labHosts("spec/shapes/lab/ubuntu.yaml", "spec/shapes/lab/play.ts");

    it("applies every resource as on Debian 13", async () => {
      await on("shape-noble", prepared);
      const project = projectOf(lab.target("shape-noble"));
      await keepsEverything(project);
      expect((await project.play("spec/shapes/ping.ts")).output).to.include("ok=1");
    });

    it("has the packages that a cluster needs", () => hasPackages("shape-noble"));
  });
});
