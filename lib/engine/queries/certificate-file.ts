import { inspect, inspectAll, type Certificate } from "../pki/inspect.ts";
import { defineQuery } from "./define.ts";
import { readEach, readText, understood, type Unusable } from "./read-file.ts";

/** The certificates in a file of the controller: the first is what the file is about, its chain follows. */
export type CertificateState =
  | Unusable
  | {
      readonly type: "certificate";
      readonly certificate: Certificate;
      readonly chain: readonly Certificate[];
      /** Until the first one ends; negative afterwards. */
      readonly daysLeft: number;
    };

const day = 24 * 3600 * 1000;

const parse = (text: string): CertificateState => {
  const certificate = inspect(text);
  return {
    type: "certificate",
    certificate,
    chain: inspectAll(text).slice(1),
    daysLeft: (certificate.notAfter.getTime() - Date.now()) / day,
  };
};

export const certificateFile = defineQuery<CertificateState>({
  kind: "certificate file",
  passing: ["daysLeft"],
  get: (paths) => readEach(paths, async (path) => understood(await readText(path), parse)),
});
