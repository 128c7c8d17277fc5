import { file, type Task } from "kubeplay";

interface Owner {
  readonly owner?: string;
  readonly group?: string;
}

/** Copies a public file of the PKI, such as a CA, from the controller to a host. */
export const copyPublic = (what: string, src: string, dest: string, own: Owner = {}): Task =>
  file(`Copy ${what}`, { src, dest, ...own });

/** Copies a private key, or a file that contains one: only its owner can read it, and it is never shown. */
export const copySecret = (what: string, src: string, dest: string, own: Owner = {}): Task =>
  file(`Copy ${what}`, { src, dest, mode: 0o600, secret: true, ...own });

/** Copies a certificate and its key. Both paths are without a suffix: `.crt` and `.key` lie side by side. */
export const copyCertificate = (what: string, src: string, dest: string, own: Owner = {}): Task[] => [
  copyPublic(`the ${what} certificate`, `${src}.crt`, `${dest}.crt`, own),
  copySecret(`the ${what} key`, `${src}.key`, `${dest}.key`, own),
];
