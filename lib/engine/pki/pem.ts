const block = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The certificates of a PEM text in order, each as a text of its own that ends with one newline. */
export const certificateBlocks = (pem: string): string[] => (pem.match(block) ?? []).map((text) => `${text}\n`);

/** Bytes as PEM: a certificate, or a request for one. */
export const toPem = (der: Uint8Array, label: "CERTIFICATE" | "CERTIFICATE REQUEST" = "CERTIFICATE"): string =>
  [`-----BEGIN ${label}-----`, ...lines(der), `-----END ${label}-----`, ""].join("\n");

const lines = (der: Uint8Array): string[] =>
  Buffer.from(der)
    .toString("base64")
    .match(/.{1,64}/g) ?? [];
