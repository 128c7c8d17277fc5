import { readFile } from "node:fs/promises";
import type { Bundle } from "@sigstore/bundle";
import type { TrustedRoot } from "@sigstore/protobuf-specs";
import { PlayError } from "#engine/errors.ts";
import type { Attestation, DetachedSignature, Signature } from "../catalogue/component.ts";
import { fill, type WantedComponent } from "../catalogue/wanted.ts";
import { downloadText } from "./download.ts";
import type { FetchRequest } from "./fetch-request.ts";
import { mirrored } from "./mirror.ts";
import { entriesOf } from "./rekor.ts";
import { patience as usual } from "./retries.ts";
import { attestationsIn, bundleOf } from "./signature-bundle.ts";
import { trustedRoot } from "./trusted-root.ts";

/** A downloaded file of a release. */
export interface SignedFile {
  /** The official address. */
  readonly url: string;
  readonly file: string;
  /** Its sha256 in hex. */
  readonly digest: string;
}

/** A catalogue's signature with its placeholders filled in. */
export const filled = <S extends Signature>(signature: S, wanted: WantedComponent, binary?: string): S =>
  Object.fromEntries(Object.entries(signature).map(([name, text]) => [name, fill(String(text), wanted, binary)])) as S &
    Record<string, string>;

/**
 * Verifies that a file is signed by the signer that the catalogue names, with a certificate of Sigstore's authority and
 * an entry in its public log. Mirrors apply to signatures and certificates. Rejects with PlayError.
 */
export async function checkSignature(request: FetchRequest, signature: Signature, signed: SignedFile): Promise<void> {
  request.at(`verifying the signature of ${signed.url}`);
  const root = await trustedRoot(request.trustedRoot);
  const bundles =
    "attestation" in signature
      ? await attestationsOf(request, signature, signed)
      : await detached(request, signature, signed, root);
  const artifact = "attestation" in signature ? undefined : await readFile(signed.file);
  const { toSignedEntity, toTrustMaterial, Verifier } = await import("@sigstore/verify");
  const verifier = new Verifier(toTrustMaterial(root));
  const { identity, issuer } = signature;
  const problems = bundles.flatMap((bundle) => {
    try {
      verifier.verify(toSignedEntity(bundle, artifact), {
        ...{ subjectAlternativeName: exactly(identity), extensions: { issuer } },
      });
      return [];
    } catch (error) {
      return [error];
    }
  });
  if (problems.length === bundles.length) throw invalid(signed, signature, problems[0]);
}

/** The library takes a pattern that may match anywhere. */
const exactly = (text: string): string => `^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;

function invalid({ url }: SignedFile, { identity, issuer }: Signature, why: unknown): PlayError {
  const message = why instanceof Error ? why.message : String(why);
  return new PlayError(
    [
      `${url}: its signature is not valid: ${message}. Expected one of ${identity}, who logged in at ${issuer}.`,
      "Nothing was stored. Do not trust what serves this file. If the project changed its signer, its release page says so.",
    ].join("\n"),
  );
}

async function attestationsOf(
  request: FetchRequest,
  { attestation }: Attestation,
  { url, digest }: SignedFile,
): Promise<readonly Bundle[]> {
  const { wanted, patience, signal } = request;
  const from = mirrored(attestation, wanted, request);
  const all = await attestationsIn(await downloadText(from, patience, signal), from);
  const found = all.filter(({ digests }) => digests.includes(digest));
  if (found.length > 0) return found.map(({ bundle }) => bundle);
  throw new PlayError(
    `${url}: the download has sha256 ${digest}, of which ${from} has no attestation. Nothing was stored. Do not trust what serves this file.`,
  );
}

async function detached(
  request: FetchRequest,
  { signature, certificate }: DetachedSignature,
  { url, digest }: SignedFile,
  root: TrustedRoot,
): Promise<readonly Bundle[]> {
  const { wanted, patience = usual, signal, at } = request;
  const text = (address: string): Promise<string> => downloadText(mirrored(address, wanted, request), patience, signal);
  const [content, encoded] = await Promise.all([text(signature), text(certificate)]);
  const pem = encoded.startsWith("-----BEGIN") ? encoded : Buffer.from(encoded, "base64").toString("utf8");
  const proof = { digest, signature: content.trim(), pem };
  // A second generation of logs cannot be searched; the first log is the older one.
  const log = root.tlogs[0]?.baseUrl ?? "";
  const entries = await entriesOf(log, proof, { patience, signal, onTry: (line) => at(`asking ${log}: ${line}`) });
  if (entries.length > 0) return Promise.all(entries.map((entry) => bundleOf(proof, entry)));
  throw new PlayError(
    `${url}: ${log} has no entry of its signature ${mirrored(signature, wanted, request)}. Nothing was stored. Do not trust what serves this file: every signature of a release is in this public log.`,
  );
}
