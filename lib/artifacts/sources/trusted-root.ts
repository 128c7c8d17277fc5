import { readFile } from "node:fs/promises";
import path from "node:path";
import type { TrustedRoot } from "@sigstore/protobuf-specs";
import { InputError, PlayError, rootCause } from "#engine/errors.ts";
import { cacheFolder } from "#engine/files.ts";
import { lastingFailure } from "./network-errors.ts";

const asked = new Map<string, Promise<TrustedRoot>>();

/**
 * The authorities and logs that a signature must have: those of a trusted_root.json, or Sigstore's own, which are
 * downloaded by its update protocol (TUF). Read once in a run. Rejects with PlayError.
 */
export function trustedRoot(file = ""): Promise<TrustedRoot> {
  const known = asked.get(file) ?? (file === "" ? downloaded() : read(file));
  asked.set(file, known);
  return known;
}

async function read(file: string): Promise<TrustedRoot> {
  const { TrustedRoot: form } = await import("@sigstore/protobuf-specs");
  const problem = (message: string): InputError =>
    new InputError([{ message: `artifact_trusted_root: ${message}`, where: { file } }]);
  let root: TrustedRoot;
  try {
    root = form.fromJSON(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    throw problem(`cannot be read as Sigstore's trusted_root.json: ${rootCause(error)}`);
  }
  if (root.certificateAuthorities.length > 0 && root.tlogs.length > 0) return root;
  throw problem(`names no certificate authority or no log, expected Sigstore's trusted_root.json`);
}

const host = "https://tuf-repo-cdn.sigstore.dev";

async function downloaded(): Promise<TrustedRoot> {
  const { getTrustedRoot } = await import("@sigstore/tuf");
  try {
    return await getTrustedRoot({ mirrorURL: host, cachePath: path.join(cacheFolder(), "sigstore") });
  } catch (error) {
    throw (
      lastingFailure(host, error) ??
      new PlayError(
        `${host}: Sigstore's trusted root cannot be downloaded (${rootCause(error)}), so no signature can be verified. Set artifact_trusted_root to a trusted_root.json from a machine that has it, or artifact_verify_signatures to false.`,
      )
    );
  }
}
