import { inspectRequest, type CertificateRequest } from "../pki/request.ts";
import { defineQuery } from "./define.ts";
import { readEach, readText, understood, type Unusable } from "./read-file.ts";

/** A certificate signing request in a file on the controller. */
export type CertificateRequestState = Unusable | { readonly type: "request"; readonly request: CertificateRequest };

/** The request in the file at a path on the controller. A file that cannot be used is a state, not an error. */
export const certificateRequestFile = defineQuery<CertificateRequestState>({
  kind: "certificate request file",
  get: (paths) =>
    readEach(paths, async (path) =>
      understood(await readText(path), (text): CertificateRequestState => ({
        type: "request",
        request: inspectRequest(text),
      })),
    ),
});
