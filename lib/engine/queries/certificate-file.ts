import { inspect, inspectAll, type Certificate } from "../pki/inspect.ts";
import { defineQuery } from "./define.ts";
import { readEach, readText, understood, type Unusable } from "./read-file.ts";

/** The certificates in a file on the controller: the certificate itself, then its chain. */
export type CertificateState =
  | Unusable
  | {
      readonly type: "certificate";
      readonly certificate: Certificate;
      readonly chain: readonly Certificate[];
      /** Days until the first one expires, with a fraction; negative afterwards. */
      readonly daysLeft: number;
    };

const day = 24 * 3600 * 1000;

/** What a file of this text would be. Throws an Error if there is no certificate in it. */
export const certificateStateOf = (text: string): CertificateState => {
  const certificate = inspect(text);
  return {
    type: "certificate",
    certificate,
    chain: inspectAll(text).slice(1),
    daysLeft: (certificate.notAfter.getTime() - Date.now()) / day,
  };
};

/** The certificates in the file at a path on the controller. A file that cannot be used is a state, not an error. */
export const certificateFile = defineQuery<CertificateState>({
  kind: "certificate file",
  passing: ["daysLeft"],
  get: (paths) => readEach(paths, async (path) => understood(await readText(path), certificateStateOf)),
});
