import { TaskError } from "kubeplay";
import { copyToS3, type S3Folder } from "./over-s3.ts";
import { copyOverSsh, type Copied, type SshFolder } from "./over-ssh.ts";

export interface Places {
  readonly ssh?: SshFolder | undefined;
  readonly s3?: S3Folder | undefined;
}

/** Copies a backup to each place. Rejects with TaskError if one of them has no copy; the others have theirs. */
export async function copyToAll({ ssh, s3 }: Places, backup: Copied, progress: (text: string) => void): Promise<void> {
  const failures: string[] = [];
  const attempt = async (place: string, work: () => Promise<void>): Promise<void> => {
    progress(`the backup travels to ${place}`);
    await work().catch((error: unknown) => failures.push(error instanceof Error ? error.message : String(error)));
  };
  if (ssh) await attempt(ssh.destination, () => copyOverSsh(ssh, backup));
  if (s3) await attempt(`s3://${s3.bucket}`, () => copyToS3(s3, backup));
  if (failures.length > 0) throw new TaskError(failures.join("\n"));
}
