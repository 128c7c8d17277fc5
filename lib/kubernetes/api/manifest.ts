/** An object as its manifest says it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** An object in the words of a person: "Deployment web/motd". */
export const objectName = ({ kind, metadata: { name, namespace } }: Pick<Manifest, "kind" | "metadata">): string =>
  `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
