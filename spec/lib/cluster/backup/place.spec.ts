import path from "node:path";
import { expect } from "chai";
import { backupFolder, backupsAmong, partialsAmong } from "#cluster/backup/place.ts";

describe("the folders of backups", () => {
  it("are named after the cluster and the time in UTC, so that their names sort by time", () =>
    expect(backupFolder("backups", "prod", new Date("2026-11-30T12:40:11.123Z"))).to.equal(
      path.resolve("backups/prod-20261130T124011Z"),
    ));

  it("are told from those of other clusters, of interrupted runs, and from other files", () => {
    const names = [
      "prod-20261130T124011Z",
      "prod-20261129T124011Z",
      "prod-eu-20261129T124011Z",
      "prod-notes",
      "README",
    ];
    const partial = "prod-20261130T130000Z.partial";
    expect(backupsAmong([...names, partial], "prod")).to.deep.equal(["prod-20261129T124011Z", "prod-20261130T124011Z"]);
    // Another cluster's run may be writing it now.
    const others = "prod-eu-20261130T130000Z.partial";
    expect(partialsAmong([...names, partial, others], "prod")).to.deep.equal([partial]);
  });
});
