import type { Bundle } from "@sigstore/bundle";
import { PlayError } from "#engine/errors.ts";
import type { LogEntry, Signed } from "./rekor.ts";

const base64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");

/** A signature, its certificate and its entry in the log, in Sigstore's common form. */
export async function bundleOf({ digest, signature, pem }: Signed, entry: LogEntry): Promise<Bundle> {
  const { bundleFromJSON } = await import("@sigstore/bundle");
  const { body, integratedTime, logID, logIndex, verification } = entry;
  const { inclusionProof: proof, signedEntryTimestamp } = verification;
  const { kind, apiVersion } = JSON.parse(Buffer.from(body, "base64").toString("utf8")) as Record<string, string>;
  return bundleFromJSON({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      certificate: { rawBytes: pem.replace(/-----[^-]+-----|\s/g, "") },
      tlogEntries: [
        {
          ...{ logIndex: String(logIndex), logId: { keyId: base64(logID) }, integratedTime: String(integratedTime) },
          ...{ kindVersion: { kind, version: apiVersion }, canonicalizedBody: body },
          inclusionPromise: { signedEntryTimestamp },
          inclusionProof: {
            ...{ logIndex: String(proof.logIndex), treeSize: String(proof.treeSize) },
            ...{ rootHash: base64(proof.rootHash), hashes: proof.hashes.map(base64) },
            checkpoint: { envelope: proof.checkpoint },
          },
        },
      ],
    },
    messageSignature: { messageDigest: { algorithm: "SHA2_256", digest: base64(digest) }, signature },
  });
}

export interface Attested {
  readonly bundle: Bundle;
  /** The sha256 of each file that it is about, in hex; the caller must verify the signature over them. */
  readonly digests: readonly string[];
}

/** The attestations of a file that has one in each line. `from` names the file. Rejects with PlayError. */
export async function attestationsIn(text: string, from: string): Promise<readonly Attested[]> {
  const { bundleFromJSON } = await import("@sigstore/bundle");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line, index) => {
    try {
      const bundle = bundleFromJSON(JSON.parse(line));
      return { bundle, digests: digestsOf(bundle) };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new PlayError(`${from}:${String(index + 1)}: expected an attestation in Sigstore's form: ${why}`);
    }
  });
}

interface Statement {
  readonly subject?: readonly { readonly digest?: { readonly sha256?: string } }[];
}

function digestsOf({ content }: Bundle): readonly string[] {
  if (content.$case !== "dsseEnvelope") return [];
  const { subject = [] } = JSON.parse(content.dsseEnvelope.payload.toString("utf8")) as Statement;
  return subject.flatMap(({ digest }) => digest?.sha256 ?? []);
}
