import forge from "node-forge";

/** A node of an ASN.1 tree. */
export type Der = forge.asn1.Asn1;

const { asn1 } = forge;
const { Class, Type } = asn1;

const primitive = (type: forge.asn1.Type, bytes: string): Der => asn1.create(Class.UNIVERSAL, type, false, bytes);
const constructed = (type: forge.asn1.Type, parts: Der[]): Der => asn1.create(Class.UNIVERSAL, type, true, parts);

/** The library keeps bytes in strings, one character a byte. */
const toBinary = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const toBytes = (binary: string): Buffer => Buffer.from(binary, "latin1");

export const sequence = (...parts: Der[]): Der => constructed(Type.SEQUENCE, parts);
export const set = (...parts: Der[]): Der => constructed(Type.SET, parts);
export const oid = (dotted: string): Der => primitive(Type.OID, asn1.oidToDer(dotted).getBytes());
export const nothing = (): Der => primitive(Type.NULL, "");
export const boolean = (value: boolean): Der => primitive(Type.BOOLEAN, value ? "\xff" : "\x00");
export const small = (value: number): Der => primitive(Type.INTEGER, asn1.integerToDer(value).getBytes());
/** A big-endian number in its shortest form, as DER requires. */
export const integer = (bytes: Uint8Array): Der => primitive(Type.INTEGER, toBinary(bytes));
export const octets = (bytes: Uint8Array): Der => primitive(Type.OCTETSTRING, toBinary(bytes));
export const bits = (bytes: Uint8Array, unused = 0): Der =>
  primitive(Type.BITSTRING, String.fromCharCode(unused) + toBinary(bytes));
export const utf8 = (text: string): Der => primitive(Type.UTF8, toBinary(Buffer.from(text)));
/** Letters, digits, spaces and '()+,-./:=? only; this is not checked. */
export const printable = (text: string): Der => primitive(Type.PRINTABLESTRING, text);
/** `[tag]` around other nodes. */
export const tagged = (tag: number, ...parts: Der[]): Der => contextSpecific(tag, true, parts);
/** `[tag]` instead of the type of some bytes. */
export const implicit = (tag: number, bytes: Uint8Array): Der => contextSpecific(tag, false, toBinary(bytes));

const contextSpecific = (tag: number, isConstructed: boolean, value: string | Der[]): Der =>
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the library accepts any number as a tag, its types only the universal ones
  asn1.create(Class.CONTEXT_SPECIFIC, tag, isConstructed, value);

/** UTCTime until 2049, GeneralizedTime from then on: RFC 5280 §4.1.2.5. */
export const time = (date: Date): Der =>
  date.getUTCFullYear() < 2050
    ? primitive(Type.UTCTIME, asn1.dateToUtcTime(date))
    : primitive(Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(date));

export const encode = (node: Der): Buffer => toBytes(asn1.toDer(node).getBytes());
export const decode = (bytes: Uint8Array): Der => asn1.fromDer(toBinary(bytes));

/** The parts of a constructed node; none of a primitive one. */
export const partsOf = (node: Der | undefined): readonly Der[] =>
  node && typeof node.value !== "string" ? node.value : [];
/** The bytes of a primitive node; a BIT STRING's begin with its count of unused bits. */
export const bytesOf = (node: Der | undefined): Buffer =>
  toBytes(node && typeof node.value === "string" ? node.value : "");
export const textOf = (node: Der | undefined): string => bytesOf(node).toString("utf8");
export const oidOf = (node: Der | undefined): string =>
  node?.type === Type.OID && typeof node.value === "string" ? asn1.derToOid(node.value) : "";
/** Whether the node is `[tag]`. */
export const isTagged = (node: Der, tag: number): boolean => {
  const is: number = node.type;
  return node.tagClass === Class.CONTEXT_SPECIFIC && is === tag;
};
export const isBoolean = (node: Der | undefined): boolean =>
  node?.tagClass === Class.UNIVERSAL && node.type === Type.BOOLEAN;
