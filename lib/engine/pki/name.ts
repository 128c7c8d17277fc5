import { oid, oidOf, partsOf, sequence, set, textOf, utf8, type Der } from "./der.ts";

const commonNameId = "2.5.4.3";
const organizationId = "2.5.4.10";

export interface Name {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

/** A distinguished name: the organizations, then the common name, in the order of Go's tools. */
export const encodeName = ({ commonName, organizations }: Name): Der =>
  sequence(
    ...organizations.map((organization) => attribute(organizationId, organization)),
    attribute(commonNameId, commonName),
  );

const attribute = (id: string, value: string): Der => set(sequence(oid(id), utf8(value)));

export function decodeName(node: Der): Name {
  const attributes = partsOf(node)
    .flatMap(partsOf)
    .map((pair) => ({ id: oidOf(partsOf(pair)[0]), value: textOf(partsOf(pair)[1]) }));
  const valuesOf = (id: string): string[] => attributes.filter((one) => one.id === id).map((one) => one.value);
  return { commonName: valuesOf(commonNameId).at(-1) ?? "", organizations: valuesOf(organizationId) };
}

/** "CN=kubernetes-admin, O=system:masters" */
export const nameInWords = ({ commonName, organizations }: Name): string =>
  [`CN=${commonName}`, ...organizations.map((organization) => `O=${organization}`)].join(", ");
