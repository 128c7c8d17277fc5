import { createHash } from "node:crypto";

/** The characters of tokens. */
export const tokenAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

/** The node's token id, always the same: an interrupted run leaves at most one token, and the next run replaces it. */
export const tokenId = (cluster: string, node: string): string =>
  [...createHash("sha256").update(`${cluster}/${node}`).digest().subarray(0, 6)]
    .map((byte) => tokenAlphabet.charAt(byte % tokenAlphabet.length))
    .join("");
