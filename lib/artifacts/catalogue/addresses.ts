import { fill, type WantedComponent } from "./wanted.ts";

/** One address of a component's release. */
export interface Address {
  /** The official URL, or the reference of an image. */
  readonly address: string;
  readonly kind: "program" | "archive" | "tree" | "checksum" | "index" | "image" | "signature";
  readonly wanted: WantedComponent;
  /** Path in the archive or image → name in the cache; for a program, its name under the empty path. */
  readonly contents: Readonly<Record<string, string>>;
  /** For a checksum: the file that it is of. */
  readonly of?: string;
}

const memberOf = (member: string | Readonly<Record<string, string>>, binary: string): string =>
  typeof member === "string" ? member : (member[binary] ?? binary);

/** Every address that the catalogue has for a component, in the order of its requests. */
export function addressesOf(wanted: WantedComponent): Address[] {
  const { upstream, binaries } = wanted.component;
  if (!upstream) return [];
  const text = (one: string, binary?: string): string => fill(one, wanted, binary);
  if ("file" in upstream)
    return binaries.flatMap((binary): Address[] => {
      const address = text(upstream.file, binary);
      return [
        { address, kind: "program", wanted, contents: { "": binary } },
        { address: text(upstream.checksum, binary), kind: "checksum", wanted, contents: {}, of: address },
      ];
    });
  if ("tree" in upstream) {
    const contents = Object.fromEntries(Object.entries(upstream.paths).map(([name, source]) => [text(source), name]));
    return [
      { address: text(upstream.tree), kind: "tree", wanted, contents },
      ...(upstream.index ? [{ address: upstream.index.url, kind: "index", wanted, contents: {} } as const] : []),
    ];
  }
  const contents = Object.fromEntries(binaries.map((name) => [text(memberOf(upstream.member, name), name), name]));
  if ("image" in upstream) return [{ address: text(upstream.image), kind: "image", wanted, contents }];
  const address = text(upstream.archive);
  return [
    { address, kind: "archive", wanted, contents },
    { address: text(upstream.checksum), kind: "checksum", wanted, contents: {}, of: address },
  ];
}

/** The addresses of the signatures of a component's release; none if the catalogue knows no signer of it. */
export function signatureAddresses(wanted: WantedComponent): Address[] {
  const { upstream, binaries } = wanted.component;
  if (!upstream || !("signature" in upstream)) return [];
  const { signature } = upstream;
  const addresses =
    "attestation" in signature
      ? [fill(signature.attestation, wanted)]
      : binaries.flatMap((binary) =>
          [signature.signature, signature.certificate].map((text) => fill(text, wanted, binary)),
        );
  return addresses.map((address) => ({ address, kind: "signature", wanted, contents: {} }));
}
