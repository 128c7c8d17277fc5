import { isIP } from "node:net";
import { canonicalAddress } from "#engine/pki/address.ts";
import { bits, encode, oid, printable, sequence, set, small, tagged, type Der } from "#engine/pki/der.ts";
import { subjectAltName } from "#engine/pki/extensions.ts";

export interface Node {
  readonly name: string;
  readonly address: string;
  /** In a dual-stack cluster. */
  readonly address6?: string | undefined;
}

export const userOf = (node: string): string => `system:node:${node}`;

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

/** Stands where a request has a public key's two coordinates; nothing else in it holds so many zeros. */
const anyPoint = Buffer.alloc(64);
/** Stands where the address is whatever a name leads to. */
const anyAddress = "0.0.0.0";

/** Kubelets have keys of this kind only: generateKeyFunc in client-go/util/certificate. */
const publicKey = sequence(
  sequence(oid(ids.ecPublicKey), oid(ids.p256)),
  bits(Buffer.concat([Uint8Array.of(4), anyPoint])),
);

/** Each once and sorted as text, as kubelets have them (addressesToHostnamesAndIPs); a node may be called by its address. */
function altNames({ name, address, address6 = "" }: Node): Der {
  const ips = [name, isIP(address) ? address : anyAddress, address6].filter(isIP).map(canonicalAddress);
  return subjectAltName(isIP(name) ? [] : [name], [...new Set(ips)].sort());
}

/**
 * A regular expression for the DER, in lower-case hex, of the request for a serving certificate that this node's kubelet
 * makes. All of it is known but the key and the signature, so all of it is compared, and nobody has to take a request
 * apart who could be misled; that the rest is the signature of that key is for OpenSSL to say. Where the inventory finds the node by a name, the second group is its IPv4 address.
 */
export function servingRequest(node: Node): string {
  const info = hex(
    sequence(
      small(0),
      sequence(attribute(ids.organization, "system:nodes"), attribute(ids.commonName, userOf(node.name))),
      publicKey,
      tagged(0, sequence(oid(ids.extensionRequest), set(sequence(altNames(node))))),
    ),
  ).replace(anyPoint.toString("hex"), "[0-9a-f]{128}");
  // The address is the last thing of the signed part; behind it an IPv6 address, with tag and length.
  const last = node.address6 === undefined ? /.{8}$/ : /.{8}(?=.{36}$)/;
  const signed = foundByName(node) ? info.replace(last, "([0-9a-f]{8})") : info;
  return `^30(81[0-9a-f]{2}|82[0-9a-f]{4})${signed}${hex(sequence(oid(ids.ecdsaWithSha256)))}03[0-9a-f]+$`;
}

/** Whether the inventory leaves the node's address to whoever resolves its name. */
export const foundByName = ({ name, address }: Node): boolean => isIP(name) === 0 && isIP(address) === 0;
