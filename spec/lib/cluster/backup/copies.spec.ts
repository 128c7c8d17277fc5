import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { expect } from "chai";
import S3rver from "s3rver";
import { copyToAll } from "#cluster/backup/copies.ts";
import { s3Folder } from "#cluster/backup/over-s3.ts";
import { temporaryFolder } from "../../engine/temporary.ts";

describe("the copies of a backup", () => {
  const root = temporaryFolder();
  const backup = path.join(root, "c-20261130T000000Z");
  const copied = { cluster: "c", backup, keep: 14 };
  const nowhere = { destination: "127.0.0.1", folder: "/srv/backups", options: ["-p", "1"] };
  let server: S3rver;
  let endpoint = "";

  before(async () => {
    mkdirSync(backup);
    for (const file of ["backup.json", "controller.tar.gz.age", "etcd.db.age"])
      writeFileSync(path.join(backup, file), file);
    server = new S3rver({
      ...{ address: "127.0.0.1", port: 0, silent: true, directory: path.join(root, "s3") },
      configureBuckets: [{ name: "backups", configs: [] }],
    });
    const { port } = (await server.run()) as AddressInfo;
    endpoint = `http://127.0.0.1:${String(port)}`;
  });
  after(() => server.close());

  const failure = async (bucket: string): Promise<string> => {
    const options = { endpoint, region: "", accessKey: "S3RVER", secretKey: "S3RVER" };
    const s3 = s3Folder(`s3://${bucket}`, options);
    return copyToAll({ ssh: nowhere, s3 }, copied, () => undefined).then(
      () => "no failure",
      (error: unknown) => String(error),
    );
  };

  it("are made in every place, although one cannot be reached, which is named", async () => {
    const said = await failure("backups");
    expect(said).to.include("it could not be copied to 127.0.0.1:/srv/backups").and.to.include("Connection refused");
    expect(existsSync(path.join(root, "s3/backups", path.basename(backup)))).to.equal(true);
  });

  it("name all places that have none", async () => {
    const said = await failure("another");
    expect(said).to.include("127.0.0.1:/srv/backups").and.to.include("s3://another/");
  });
});
