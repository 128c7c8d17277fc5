import { generateKeyPairSync, sign, X509Certificate } from "node:crypto";
import { initializeCA, initializeCTLog } from "@sigstore/mock/dist/fulcio/index.js";
import { initializeTLog } from "@sigstore/mock/dist/rekor/tlog.js";
import { HashAlgorithm, PublicKeyDetails, TrustedRoot } from "@sigstore/protobuf-specs";
import type { LogEntry } from "#artifacts/sources/rekor.ts";
import { sha256 } from "../helpers.ts";

export interface Identity {
  readonly identity: string;
  readonly issuer: string;
}
export interface DetachedFiles {
  /** Base64, as in a .sig file. */
  readonly signature: string;
  /** Base64 of PEM, as in a .cert file. */
  readonly certificate: string;
}

/** A certificate authority, a log of its certificates and a log of signatures, with keys of their own. */
export interface Sigstore {
  readonly trustedRoot: object;
  /** What the log answers to a question for entries. */
  retrieve(question: string): readonly Readonly<Record<string, LogEntry>>[];
  /** Signs a file; the entry of the log is there only if `logged`. */
  signed(content: string | Buffer, by: Identity, logged?: boolean): Promise<DetachedFiles>;
  /** A line with an attestation of files with these digests. */
  attested(digests: readonly string[], by: Identity): Promise<string>;
}

/** The extension that names the service at which a signer logged in. */
const issuerOid = "1.3.6.1.4.1.57264.1.8";
const newKeys = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
const base64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");

/** Sigstore's services with keys of this process; `log` is the address at which `retrieve` is served. */
export async function startSigstore(log: string): Promise<Sigstore> {
  const ctLog = await initializeCTLog(newKeys());
  const ca = await initializeCA(generateKeyPairSync("ec", { namedCurve: "P-384" }), ctLog);
  const logKeys = newKeys();
  const tlog = await initializeTLog(log, logKeys);
  const entries = new Map<string, Readonly<Record<string, LogEntry>>>();

  async function certified({ identity, issuer }: Identity) {
    const keys = newKeys();
    const issued = await ca.issueCertificate({
      publicKey: keys.publicKey.export({ format: "der", type: "spki" }),
      ...{ subjectAltName: identity, extensions: [{ oid: issuerOid, value: issuer }] },
    });
    const der = bytes(issued);
    return { key: keys.privateKey, der, pem: new X509Certificate(der).toString() };
  }
  const logged = async (entry: object): Promise<Readonly<Record<string, LogEntry>>> => {
    // Its types are in a package that does not come with it.
    const answer: unknown = await tlog.log(entry);
    return answer as Readonly<Record<string, LogEntry>>;
  };

  const start = new Date(Date.now() - 60_000);
  const publicKey = (der: Buffer) => ({
    ...{ rawBytes: der, keyDetails: PublicKeyDetails.PKIX_ECDSA_P256_SHA_256, validFor: { start } },
  });
  const logOf = (baseUrl: string, der: Buffer) => ({
    ...{ baseUrl, hashAlgorithm: HashAlgorithm.SHA2_256, publicKey: publicKey(der), operator: "spec" },
    ...{ logId: { keyId: Buffer.from(sha256(der), "hex") }, checkpointKeyId: undefined },
  });
  return {
    trustedRoot: TrustedRoot.toJSON({
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: [logOf(log, tlog.publicKey)],
      certificateAuthorities: [
        {
          ...{ subject: { commonName: "sigstore", organization: "sigstore.mock" }, uri: "", operator: "spec" },
          ...{ certChain: { certificates: [{ rawBytes: bytes(ca.rootCertificate) }] }, validFor: { start } },
        },
      ],
      ctlogs: [logOf("https://ctfe.example", ctLog.publicKey)],
      timestampAuthorities: [],
    }) as object,
    retrieve: (question) => {
      const { entries: asked } = JSON.parse(question) as { readonly entries: readonly object[] };
      return asked.map((one) => entries.get(JSON.stringify(one))).filter((one) => one !== undefined);
    },
    signed: async (content, by, isLogged = true) => {
      const { key, pem } = await certified(by);
      const signature = sign("sha256", Buffer.from(content), key).toString("base64");
      const entry = {
        ...{ apiVersion: "0.0.1", kind: "hashedrekord" },
        spec: {
          data: { hash: { algorithm: "sha256", value: sha256(content) } },
          signature: { content: signature, publicKey: { content: Buffer.from(pem).toString("base64") } },
        },
      };
      if (isLogged) entries.set(JSON.stringify(entry), await logged(entry));
      return { signature, certificate: Buffer.from(pem).toString("base64") };
    },
    attested: async (digests, by) => {
      const { key, der, pem } = await certified(by);
      const payloadType = "application/vnd.in-toto+json";
      const statement = {
        _type: "https://in-toto.io/Statement/v1",
        subject: digests.map((digest, index) => ({ name: `file-${String(index)}`, digest: { sha256: digest } })),
        predicateType: "https://slsa.dev/provenance/v1",
        predicate: {},
      };
      const payload = Buffer.from(JSON.stringify(statement));
      const head = `DSSEv1 ${String(payloadType.length)} ${payloadType} ${String(payload.length)} `;
      const sig = sign("sha256", Buffer.concat([Buffer.from(head), payload]), key).toString("base64");
      const verifier = Buffer.from(pem).toString("base64");
      const entry = {
        ...{ apiVersion: "0.0.1", kind: "dsse" },
        spec: {
          payloadHash: { algorithm: "sha256", value: sha256(payload) },
          signatures: [{ signature: sig, verifier }],
        },
      };
      const [found] = Object.values(await logged(entry));
      if (!found) throw new Error("no entry");
      const { inclusionProof: proof, signedEntryTimestamp } = found.verification;
      return JSON.stringify({
        mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
        verificationMaterial: {
          certificate: { rawBytes: der.toString("base64") },
          tlogEntries: [
            {
              ...{ logIndex: String(found.logIndex), logId: { keyId: base64(found.logID) } },
              ...{ kindVersion: { kind: "dsse", version: "0.0.1" }, integratedTime: String(found.integratedTime) },
              inclusionPromise: { signedEntryTimestamp },
              inclusionProof: {
                ...{ logIndex: String(proof.logIndex), treeSize: String(proof.treeSize), hashes: [] },
                ...{ rootHash: base64(proof.rootHash), checkpoint: { envelope: proof.checkpoint } },
              },
              canonicalizedBody: found.body,
            },
          ],
        },
        dsseEnvelope: { payload: payload.toString("base64"), payloadType, signatures: [{ sig, keyid: "" }] },
      });
    },
  };
}
