import { createReadStream } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { InputError, TaskError } from "kubeplay";
import { backupsAmong, controllerName, recordName, snapshotName } from "./place.ts";

/** A place in a bucket of S3, or of a server that speaks its protocol. */
export interface S3Folder {
  readonly bucket: string;
  /** "" or with a slash at its end. */
  readonly prefix: string;
  /** The URL of the server; "" is Amazon's of the region. */
  readonly endpoint: string;
  /** "" is the one that the AWS CLI would take. */
  readonly region: string;
  /** Undefined: as the AWS CLI finds them. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

export interface S3Options {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey?: string | undefined;
  readonly secretKey?: string | undefined;
}

/**
 * Reads "s3://bucket/prefix"; undefined for "". Throws InputError for other texts, for an endpoint that is no URL of a
 * server, and for half of the credentials.
 *
 * @example
 * s3Folder("s3://backups/production", { endpoint: "https://s3.example.org", region: "" });
 */
export function s3Folder(text: string, { endpoint, region, accessKey, secretKey }: S3Options): S3Folder | undefined {
  if (text === "") return undefined;
  const [, bucket, folder = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text) ?? [];
  if (bucket === undefined)
    throw new InputError([
      { message: `backup_s3: ${JSON.stringify(text)} is no place in a bucket, expected s3://bucket/folder` },
    ]);
  const server = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (endpoint !== "" && !(server && /^https?:$/.test(server.protocol) && server.username + server.search === ""))
    throw new InputError([
      { message: "backup_s3_endpoint is no URL of a server, expected such as https://s3.example.org" },
    ]);
  if ((accessKey === undefined) !== (secretKey === undefined))
    throw new InputError([
      { message: "backup_s3_access_key and backup_s3_secret_key belong together: set both, or none" },
    ]);
  const prefix = folder.replace(/\/+$/, "");
  return {
    bucket,
    prefix: prefix === "" ? "" : `${prefix}/`,
    endpoint,
    region,
    credentials:
      accessKey !== undefined && secretKey !== undefined
        ? { accessKeyId: accessKey, secretAccessKey: secretKey }
        : undefined,
  };
}

/** The record comes last: a backup counts only with it. */
const files = [snapshotName, controllerName, recordName];

const recordFirst = (names: readonly string[]): string[] =>
  [...names].sort((a, b) => Number(b === recordName) - Number(a === recordName));

/** Folders in the bucket from their objects' keys: name → the files in it. */
function foldersAmong(keys: readonly string[], prefix: string): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>();
  for (const key of keys) {
    const [name = "", file, ...deeper] = key.slice(prefix.length).split("/");
    if (file !== undefined && deeper.length === 0) folders.set(name, [...(folders.get(name) ?? []), file]);
  }
  return folders;
}

export interface ToS3 {
  readonly cluster: string;
  /** The folder of the backup on the controller. */
  readonly backup: string;
  readonly keep: number;
}

/**
 * Copies a backup into the bucket, and removes the oldest beyond `keep`. Rejects with TaskError if it did not arrive as a
 * whole, or if an old one stays.
 */
export async function copyToS3(to: S3Folder, { cluster, backup, keep }: ToS3): Promise<void> {
  const place = `s3://${to.bucket}/${to.prefix}`;
  const server = to.endpoint && ` at ${to.endpoint}`;
  const client = await clientFor(to);
  try {
    await explained(`the backup is in ${backup}, but it could not be copied to ${place}${server}`, () =>
      upload(client, to, backup),
    );
    await explained(`the backup is in ${place}${server}, but older ones could not be removed there`, () =>
      prune(client, to, cluster, keep),
    );
  } finally {
    client.destroy();
  }
}

/** Passes each file of a backup in the bucket to `write`, the record last. Rejects with the client's error. */
export async function readFromS3(
  from: S3Folder,
  name: string,
  write: (file: string, content: Readable) => Promise<void>,
): Promise<void> {
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const client = await clientFor(from);
  try {
    for (const file of files) {
      const { Body } = await client.send(
        new GetObjectCommand({ Bucket: from.bucket, Key: `${from.prefix}${name}/${file}` }),
      );
      await write(file, Body as Readable);
    }
  } finally {
    client.destroy();
  }
}

async function explained(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { name: code, message } = error as Error;
    throw new TaskError(`${what}: ${code === "Error" ? "" : `${code}: `}${message}`);
  }
}

// Its modules are loaded where they are used, because every other run does without them.
async function clientFor(to: S3Folder): Promise<S3Client> {
  // The version of the SDK that kubeplay requires works with all its versions of Node.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const { S3Client } = await import("@aws-sdk/client-s3");
  return new S3Client({
    ...(to.endpoint !== "" && { endpoint: to.endpoint, forcePathStyle: true }),
    ...(to.region !== "" ? { region: to.region } : to.endpoint !== "" ? { region: "us-east-1" } : {}),
    ...(to.credentials && { credentials: to.credentials }),
    // Servers other than Amazon's do not all know its newer checksums. The backup has digests of its own.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
}

async function upload(client: S3Client, to: S3Folder, backup: string): Promise<void> {
  const { Upload } = await import("@aws-sdk/lib-storage");
  for (const file of files) {
    const body = createReadStream(path.join(backup, file));
    const params = { Bucket: to.bucket, Key: `${to.prefix}${path.basename(backup)}/${file}`, Body: body };
    await new Upload({ client, params }).done();
  }
}

async function prune(client: S3Client, to: S3Folder, cluster: string, keep: number): Promise<void> {
  const { paginateListObjectsV2, DeleteObjectCommand } = await import("@aws-sdk/client-s3");
  const keys: string[] = [];
  const listed = { Bucket: to.bucket, Prefix: `${to.prefix}${cluster}-` };
  for await (const page of paginateListObjectsV2({ client }, listed))
    for (const { Key: key } of page.Contents ?? []) if (key !== undefined) keys.push(key);
  const there = foldersAmong(keys, to.prefix);
  const ofCluster = backupsAmong([...there.keys()], cluster);
  const whole = ofCluster.filter((one) => there.get(one)?.includes(recordName));
  const gone = ofCluster.filter((one) => !whole.slice(-keep).includes(one));
  // The record first, with which a backup counts. One at a time: servers answer a request for many with success even if
  // they keep some, and those other than Amazon's do not all take the checksum that it must have.
  for (const one of gone)
    for (const file of recordFirst(there.get(one) ?? []))
      await client.send(new DeleteObjectCommand({ Bucket: to.bucket, Key: `${to.prefix}${one}/${file}` }));
}
