const block = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The certificates of a PEM text in their order, each by itself and in one spelling. */
export const certificateBlocks = (pem: string): string[] => (pem.match(block) ?? []).map((text) => `${text}\n`);

/** Bytes as a PEM certificate. */
export const toPem = (der: Uint8Array): string =>
  ["-----BEGIN CERTIFICATE-----", ...lines(der), "-----END CERTIFICATE-----", ""].join("\n");

const lines = (der: Uint8Array): string[] =>
  Buffer.from(der)
    .toString("base64")
    .match(/.{1,64}/g) ?? [];
