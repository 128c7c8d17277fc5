import { Type } from "typebox";
import { Secret } from "kubeplay";

/** Where backups are, and who can read them. */
export const backupVariables = {
  backup_folder: Type.String({
    default: "backups",
    minLength: 1,
    description:
      "The controller's folder of backups, relative to the project: one folder in it for each. It should be on another disk.",
  }),
  backup_recipients: Type.Array(Type.String(), {
    default: [],
    description:
      "Public keys of age (age1…) for which backups are encrypted. The controller cannot read them without the private key.",
  }),
  backup_passphrase: Secret(
    Type.Optional(Type.String({ minLength: 12, description: "Encrypts backups if there are no backup_recipients." })),
  ),
  backup_keep: Type.Integer({
    default: 14,
    minimum: 1,
    description: "How many backups of a cluster are kept; the oldest are removed.",
  }),
  backup_ssh: Type.String({
    default: "",
    description:
      "A folder on another machine to which each backup is copied, as user@host:/folder. The controller's ssh must reach it without a question.",
  }),
  backup_ssh_options: Type.Array(Type.String(), {
    default: [],
    description: 'More arguments of ssh for backup_ssh: ["-p", "2222", "-i", "/root/.ssh/backup"].',
  }),
  backup_s3: Type.String({
    default: "",
    description: "A place in a bucket of S3 to which each backup is copied, as s3://bucket/folder.",
  }),
  backup_s3_endpoint: Type.String({
    default: "",
    description: "The URL of a server that speaks S3's protocol, such as https://s3.example.org; Amazon's by default.",
  }),
  backup_s3_region: Type.String({
    default: "",
    description: "The bucket's region. By default the one that the AWS CLI takes.",
  }),
  backup_s3_access_key: Secret(
    Type.Optional(
      Type.String({ minLength: 1, description: "The access key for backup_s3. By default as the AWS CLI finds it." }),
    ),
  ),
  backup_s3_secret_key: Secret(
    Type.Optional(Type.String({ minLength: 1, description: "The secret key of backup_s3_access_key." })),
  ),
};
