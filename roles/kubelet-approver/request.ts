import { isIP } from "node:net";
import { canonicalAddress } from "#engine/pki/address.ts";
import { bits, encode, oid, printable, sequence, set, small, tagged, type Der } from "#engine/pki/der.ts";
import { subjectAltName } from "#engine/pki/extensions.ts";

export interface Node {
  readonly name: string;
  readonly address: string;
  /** The IPv6 address in a dual-stack cluster. */
  readonly address6?: string | undefined;
}

export const userOf = (node: string): string => `system:node:${node}`;
/** The group of nodes, and the organization in their certificates. */
export const nodesGroup = "system:nodes";

const ids = {
  organization: "2.5.4.10",
  commonName: "2.5.4.3",
  ecPublicKey: "1.2.840.10045.2.1",
  p256: "1.2.840.10045.3.1.7",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  extensionRequest: "1.2.840.113549.1.9.14",
};

const hex = (node: Der): string => encode(node).toString("hex");
const attribute = (id: string, value: string): Der => set(sequence(oid(id), printable(value)));

/** A placeholder for a public key's two coordinates; nothing else in a request has so many zeros. */
const anyPoint = Buffer.alloc(64);
/** A placeholder for an address that a name resolves to. */
const anyAddress = "0.0.0.0";

/** Kubelets generate only keys of this kind: generateKeyFunc in client-go/util/certificate. */
const publicKey = sequence(
  sequence(oid(ids.ecPublicKey), oid(ids.p256)),
  bits(Buffer.concat([Uint8Array.of(4), anyPoint])),
);

/**
 * Each name once and sorted as text, as kubelets write them (addressesToHostnamesAndIPs). A node's name may be its
 * address.
 */
function altNames({ name, address, address6 = "" }: Node): Der {
  const ips = [name, isIP(address) ? address : anyAddress, address6].filter(isIP).map(canonicalAddress);
  return subjectAltName(isIP(name) ? [] : [name], [...new Set(ips)].sort());
}

/** The signed part of a kubelet's request, with an expression for its key. */
const infoOf = (node: string, ...attributes: Der[]): string =>
  hex(
    sequence(
      small(0),
      sequence(attribute(ids.organization, nodesGroup), attribute(ids.commonName, userOf(node))),
      publicKey,
      tagged(0, ...attributes),
    ),
  ).replace(anyPoint.toString("hex"), "[0-9a-f]{128}");

/** Around the signed part: the lengths, and a signature with the key. */
const requestWith = (info: string): string =>
  `^30(81[0-9a-f]{2}|82[0-9a-f]{4})${info}${hex(sequence(oid(ids.ecdsaWithSha256)))}03[0-9a-f]+$`;

/**
 * A regular expression for the DER, in lower-case hex, of a request for this node's client certificate: it has no
 * attributes. All the rest is as in a request for a serving certificate.
 */
export const clientRequest = (node: string): string => requestWith(infoOf(node));

/**
 * A regular expression for the DER, in lower-case hex, of this node's request for a serving certificate. Everything but
 * the key and the signature is known, so the request is compared as a whole: no parser can be misled. OpenSSL verifies
 * the signature. If the inventory has a name for the node's address, the second group is the IPv4 address.
 */
export function servingRequest(node: Node): string {
  const info = infoOf(node.name, sequence(oid(ids.extensionRequest), set(sequence(altNames(node)))));
  // The IPv4 address ends the signed part, unless an IPv6 address with its tag and length follows.
  const last = node.address6 === undefined ? /.{8}$/ : /.{8}(?=.{36}$)/;
  return requestWith(foundByName(node) ? info.replace(last, "([0-9a-f]{8})") : info);
}

/** Whether the inventory has a name instead of the node's address. */
export const foundByName = ({ name, address }: Node): boolean => isIP(name) === 0 && isIP(address) === 0;
