import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import S3rver from "s3rver";
import { copyToS3, s3Folder, type S3Options } from "#cluster/backup/over-s3.ts";
import { temporaryFolder } from "../../engine/temporary.ts";

const own: S3Options = { endpoint: "", region: "" };

describe("a place in a bucket", () => {
  it("is s3://bucket/folder, or the bucket alone", () => {
    expect(s3Folder("", own)).to.equal(undefined);
    expect(s3Folder("s3://my.backups/prod/eu/", own)).to.deep.include({ bucket: "my.backups", prefix: "prod/eu/" });
    expect(s3Folder("s3://backups", own)).to.deep.include({ bucket: "backups", prefix: "", credentials: undefined });
  });

  for (const text of ["backups", "s3:/backups", "s3://", "s3://B_x/y", "https://s3.example.org/backups"])
    it(`is not ${text}`, () => expect(() => s3Folder(text, own)).to.throw("expected s3://bucket/folder"));

  for (const endpoint of [
    "s3.example.org",
    "ftp://s3.example.org",
    "https://me:secret@s3.example.org",
    "https://s3/?a",
  ])
    it(`is at no server ${endpoint}`, () =>
      expect(() => s3Folder("s3://backups", { ...own, endpoint })).to.throw("expected such as https://s3.example.org"));

  it("has both halves of its credentials, or none", () =>
    expect(() => s3Folder("s3://backups", { ...own, accessKey: "a" })).to.throw("belong together"));
});

describe("a copy of a backup in a bucket", () => {
  const root = temporaryFolder();
  // The only access key that the server knows.
  const credentials = { accessKey: "S3RVER", secretKey: "S3RVER" };
  let server: S3rver;
  let endpoint = "";
  let client: S3Client;
  const names = ["20261128T000000Z", "20261129T000000Z", "20261130T000000Z"].map((time) => `c-${time}`);
  const snapshot = randomBytes(12 * 1024 * 1024);

  before(async () => {
    server = new S3rver({
      ...{ address: "127.0.0.1", port: 0, silent: true, directory: path.join(root, "s3") },
      configureBuckets: [{ name: "backups", configs: [] }],
    });
    const { port } = (await server.run()) as AddressInfo;
    endpoint = `http://127.0.0.1:${String(port)}`;
    client = new S3Client({
      ...{ endpoint, region: "us-east-1", forcePathStyle: true, requestChecksumCalculation: "WHEN_REQUIRED" },
      credentials: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
    });
  });
  after(async () => {
    client.destroy();
    await server.close();
  });

  const backup = (name: string): string => {
    const folder = path.join(root, "here", name);
    mkdirSync(folder, { recursive: true });
    for (const file of ["backup.json", "controller.tar.gz.age"])
      writeFileSync(path.join(folder, file), `${name} ${file}`);
    writeFileSync(path.join(folder, "etcd.db.age"), snapshot);
    return folder;
  };
  const copy = async (name: string, keep = 14, options: Partial<S3Options> = {}): Promise<void> => {
    const to = s3Folder("s3://backups/kept/here", { endpoint, region: "", ...credentials, ...options });
    if (to) await copyToS3(to, { cluster: "c", backup: backup(name), keep });
  };
  const keys = async (): Promise<readonly string[]> =>
    ((await client.send(new ListObjectsV2Command({ Bucket: "backups" }))).Contents ?? []).map(({ Key = "" }) => Key);
  const failureOf = async (name: string, options: Partial<S3Options>): Promise<string> =>
    copy(name, 14, options).then(
      () => "no failure",
      (error: unknown) => String(error),
    );

  it("is whole, also what is sent in parts", async () => {
    await copy(names[0] ?? "");
    const there = `kept/here/${names[0] ?? ""}`;
    expect(await keys()).to.have.members(
      ["backup.json", "controller.tar.gz.age", "etcd.db.age"].map((file) => `${there}/${file}`),
    );
    const { Body: body } = await client.send(new GetObjectCommand({ Bucket: "backups", Key: `${there}/etcd.db.age` }));
    expect(Buffer.from((await body?.transformToByteArray()) ?? []).equals(snapshot)).to.equal(true);
  });

  it("replaces the oldest ones of its cluster, and what an interrupted copy left", async () => {
    const others = ["c-2-20261130T000000Z/backup.json", "c-notes/a", "other-20200101T000000Z/backup.json"];
    for (const key of [...others, "c-20261129T120000Z/etcd.db.age"])
      await client.send(new PutObjectCommand({ Bucket: "backups", Key: `kept/here/${key}`, Body: "x" }));
    for (const name of names) await copy(name, 2);
    const left = new Set((await keys()).map((key) => key.split("/").slice(2, 3)[0]));
    expect([...left]).to.have.members([...others.map((key) => key.split("/")[0]), ...names.slice(1)]);
  });

  it("fails if the server refuses to remove an old one, whose record goes first", async () => {
    const asked: string[] = [];
    /** The server, behind one that lets nobody delete snapshots. */
    const guard = createServer((request, response) => {
      const { method = "", url = "", headers } = request;
      const forbidden = method === "DELETE" && url.includes("etcd.db.age");
      if (method === "DELETE") asked.push(path.basename(url.split("?")[0] ?? ""));
      if (forbidden || (method === "POST" && url.includes("?delete"))) {
        const answer = forbidden
          ? "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
          : "<DeleteResult><Error><Key>k</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>";
        request.resume().once("end", () => response.writeHead(forbidden ? 403 : 200).end(answer));
        return;
      }
      const on = forward(`${endpoint}${url}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      request.pipe(on);
    }).listen(0, "127.0.0.1");
    await once(guard, "listening");
    try {
      const { port } = guard.address() as AddressInfo;
      const through = { endpoint: `http://127.0.0.1:${String(port)}` };
      for (const name of names) await copy(name, 14);
      const failure = await copy(names[2] ?? "", 1, through).then(
        () => "no failure",
        (error: unknown) => String(error),
      );
      expect(failure).to.contain("but older ones could not be removed there: AccessDenied");
      expect(asked[0], "what it deletes first").to.equal("backup.json");
    } finally {
      guard.close();
    }
  });

  it("that does not arrive fails with the server's words; the backup stays here", async () => {
    const name = names[0] ?? "";
    expect(await failureOf(name, { accessKey: "nobody", secretKey: "not-it" }))
      .to.contain(`could not be copied to s3://backups/kept/here/ at ${endpoint}: InvalidAccessKeyId`)
      .and.not.contain("not-it");
    expect(await failureOf(name, { endpoint: "http://127.0.0.1:1" })).to.contain("ECONNREFUSED");
    expect(existsSync(path.join(root, "here", name, "backup.json"))).to.equal(true);
  });
});
