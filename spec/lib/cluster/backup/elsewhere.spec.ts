import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { expect } from "chai";
import S3rver from "s3rver";
import { bringBackup, elsewhere, type Elsewhere } from "#cluster/backup/elsewhere.ts";
import { copyToS3, s3Folder } from "#cluster/backup/over-s3.ts";
import { copyOverSsh, sshFolder } from "#cluster/backup/over-ssh.ts";
import { temporaryFolder } from "../../engine/temporary.ts";

const name = "production-20261130T124011Z";
const reach = { sshOptions: ["-p", "2222"], s3: { endpoint: "", region: "" } };

describe("a backup elsewhere", () => {
  it("is named in a bucket, or in a folder that ssh reaches; other texts are folders here", () => {
    expect(elsewhere(`s3://b-1/eu/x/${name}/`, reach)).to.deep.include({ name, text: `s3://b-1/eu/x/${name}/` });
    expect(elsewhere(`s3://b-1/${name}`, reach)?.from).to.have.nested.property("s3.prefix", "");
    expect(elsewhere(`me@vault:/srv/b/${name}`, reach)?.from).to.deep.equal({
      ssh: { destination: "me@vault", folder: "/srv/b", options: ["-p", "2222"] },
    });
    for (const here of [`backups/${name}`, `/b:c/${name}`, "production-20261130T030000Z.db", ""])
      expect(elsewhere(here, reach), here).to.equal(undefined);
  });

  for (const text of ["s3://bucket/eu", "s3://bucket", `https://s3/b/${name}`, "vault:/srv/b", `vault:${name}`])
    it(`is not ${text}`, () => expect(() => elsewhere(text, reach)).to.throw(/expected .*:\/.*folder/));

  describe("is brought here as it was copied there", () => {
    const root = temporaryFolder();
    const backup = path.join(root, "made", name);
    const files = ["backup.json", "controller.tar.gz.age", "etcd.db.age"];
    const contents = new Map(files.map((file) => [file, randomBytes(6 * 1024 * 1024)]));
    before(() => {
      mkdirSync(backup, { recursive: true });
      for (const [file, bytes] of contents) writeFileSync(path.join(backup, file), bytes);
    });
    const bring = async (text: string, from: Elsewhere["from"], to: string): Promise<void> => {
      await bringBackup({ name, text, from }, to);
      expect(readdirSync(to).sort()).to.deep.equal(files);
      for (const [file, bytes] of contents) expect(readFileSync(path.join(to, file)).equals(bytes)).to.equal(true);
    };
    const failed = (of: Promise<unknown>): Promise<string> =>
      of.then(
        () => "no failure",
        (error: unknown) => (error as Error).message,
      );

    it("from a bucket; a missing one leaves nothing behind that counts", async () => {
      const server = new S3rver({
        ...{ address: "127.0.0.1", port: 0, silent: true, directory: path.join(root, "s3") },
        configureBuckets: [{ name: "backups", configs: [] }],
      });
      const { port } = (await server.run()) as AddressInfo;
      const own = {
        endpoint: `http://127.0.0.1:${String(port)}`,
        region: "",
        accessKey: "S3RVER",
        secretKey: "S3RVER",
      };
      try {
        const s3 = s3Folder("s3://backups/eu", own)!;
        await copyToS3(s3, { cluster: "production", backup, keep: 2 });
        await bring("s3://backups/eu", { s3 }, path.join(root, "from-s3", name));
        const none = { name: "production-20200101T000000Z", text: "s3://backups/eu/none", from: { s3 } };
        const to = path.join(root, "from-s3", none.name);
        expect(await failed(bringBackup(none, to))).to.match(
          /^s3:\/\/backups\/eu\/none cannot be brought here: NoSuchKey/,
        );
        expect(existsSync(to)).to.equal(false);
      } finally {
        await server.close();
      }
    });

    it("over ssh, whose own words say why it is not", async () => {
      const [bin, searched] = [path.join(root, "bin"), process.env.PATH];
      mkdirSync(bin);
      const ssh = path.join(bin, "ssh");
      // In the place of ssh: it runs the command here, as the other machine's shell would.
      writeFileSync(ssh, '#!/bin/sh\nfor command; do :; done; exec sh -c "$command"\n');
      chmodSync(ssh, 0o755);
      process.env.PATH = `${bin}:${searched ?? ""}`;
      try {
        const to = sshFolder(`vault:${path.join(root, "it's there")}`, [])!;
        await copyOverSsh(to, { cluster: "production", backup, keep: 2 });
        await bring("vault:/there", { ssh: to }, path.join(root, "from-ssh", name));
        writeFileSync(ssh, "#!/bin/sh\necho 'Permission denied' >&2; exit 255\n");
        const again = { name, text: "vault:/there", from: { ssh: to } };
        expect(await failed(bringBackup(again, path.join(root, "again", name)))).to.equal(
          "vault:/there cannot be brought here: Permission denied",
        );
      } finally {
        process.env.PATH = searched;
      }
    });
  });
});
