import { createReadStream } from "node:fs";
import path from "node:path";
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
 * Reads "s3://bucket/prefix"; undefined for "". Throws InputError for other texts, and for half of the credentials.
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

/** Copies a backup into the bucket, and removes the oldest beyond `keep`. Rejects with TaskError if it did not arrive as a whole. */
export async function copyToS3(to: S3Folder, { cluster, backup, keep }: ToS3): Promise<void> {
  const name = path.basename(backup);
  try {
    await copy(to, cluster, backup, name, keep);
  } catch (error) {
    const { name: code, message } = error as Error;
    const place = `s3://${to.bucket}/${to.prefix}`;
    throw new TaskError(
      `the backup is in ${backup}, but it could not be copied to ${place}${to.endpoint && ` at ${to.endpoint}`}: ${code === "Error" ? "" : `${code}: `}${message}`,
    );
  }
}

async function copy(to: S3Folder, cluster: string, backup: string, name: string, keep: number): Promise<void> {
  // The version of the SDK that kubeplay requires works with all its versions of Node.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  // Loaded here, because every other run does without it.
  const [{ S3Client, paginateListObjectsV2, DeleteObjectsCommand }, { Upload }] = await Promise.all([
    import("@aws-sdk/client-s3"),
    import("@aws-sdk/lib-storage"),
  ]);
  const client = new S3Client({
    ...(to.endpoint !== "" && { endpoint: to.endpoint, forcePathStyle: true }),
    ...(to.region !== "" ? { region: to.region } : to.endpoint !== "" ? { region: "us-east-1" } : {}),
    ...(to.credentials && { credentials: to.credentials }),
    // Servers other than Amazon's do not all know its newer checksums. The backup has digests of its own.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  try {
    for (const file of files) {
      const body = createReadStream(path.join(backup, file));
      const params = { Bucket: to.bucket, Key: `${to.prefix}${name}/${file}`, Body: body };
      await new Upload({ client, params }).done();
    }
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2(
      { client },
      { Bucket: to.bucket, Prefix: `${to.prefix}${cluster}-` },
    ))
      for (const { Key: key } of page.Contents ?? []) if (key !== undefined) keys.push(key);
    const there = foldersAmong(keys, to.prefix);
    const ofCluster = backupsAmong([...there.keys()], cluster);
    const whole = ofCluster.filter((one) => there.get(one)?.includes(recordName));
    const gone = ofCluster.filter((one) => !whole.slice(-keep).includes(one));
    const old = gone.flatMap((one) => (there.get(one) ?? []).map((file) => ({ Key: `${to.prefix}${one}/${file}` })));
    // A thousand objects are the most that one request takes.
    for (let index = 0; index < old.length; index += 1000)
      await client.send(
        new DeleteObjectsCommand({
          Bucket: to.bucket,
          Delete: { Objects: old.slice(index, index + 1000), Quiet: true },
        }),
      );
  } finally {
    client.destroy();
  }
}
