/**
 * A Kubernetes object as its manifest states it.
 *
 * @example
 * const motd: Manifest = {
 *   apiVersion: "v1",
 *   kind: "ConfigMap",
 *   metadata: { name: "motd", namespace: "web" },
 *   data: { text: "hello" },
 * };
 */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** An object's name in messages: "Deployment web/motd". */
export const objectName = ({ kind, metadata: { name, namespace } }: Pick<Manifest, "kind" | "metadata">): string =>
  `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
