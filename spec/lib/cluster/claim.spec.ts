import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { claim } from "#cluster/claim.ts";
import { failureOf, keepAll } from "../engine/resources/on-controller.ts";
import { temporaryFolder } from "../engine/temporary.ts";

describe("a cluster's folder on the controller", () => {
  const folder = temporaryFolder();
  const home = process.cwd();
  before(() => process.chdir(folder));
  after(() => process.chdir(home));

  const outcome = async (madeFor: string, cluster = "one"): Promise<string | undefined> =>
    (await keepAll([claim("Keep it", { cluster, madeFor })]))[0]?.outcome;
  const refusal = (madeFor: string): Promise<string> => failureOf(outcome(madeFor));
  const record = path.join(".kubeplay", "one", "made-for");

  it("is reserved for the inventory that it was first made for", async () => {
    expect(await outcome("mine.yaml")).to.equal("changed");
    expect(await outcome("mine.yaml")).to.equal("ok");
    expect(readFileSync(record, "utf8")).to.equal("mine.yaml\n");
  });

  it("is refused to another inventory, with the remedies for another cluster and for the same one", async () => {
    const message = await refusal("other.yaml");
    expect(message).to.contain("the cluster one was made for mine.yaml, but this run is for other.yaml");
    expect(message).to.contain("cluster_name").and.to.contain(`write "other.yaml" into ${record}`);
    expect(readFileSync(record, "utf8")).to.equal("mine.yaml\n");
  });

  it("is accepted for a renamed inventory after its record was changed", async () => {
    writeFileSync(record, "other.yaml\n");
    expect(await outcome("other.yaml")).to.equal("ok");
  });

  it("is a different one for each cluster name", async () => {
    expect(await outcome("mine.yaml", "two")).to.equal("changed");
  });
});
