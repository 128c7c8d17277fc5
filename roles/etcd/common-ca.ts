import { defineResource, queries } from "kubeplay";
import { type CertificateFile, hostCertificates } from "#cluster/host-certificates.ts";

export interface CommonCaProps {
  /** The file with the CAs that the host trusts, and the one on the controller that will replace it. */
  readonly onHost: string;
  readonly onController: string;
}

interface Now {
  readonly onHost: readonly CertificateFile[];
  readonly onController: queries.CertificateState;
}

/** Whether a host trusts a CA that it will trust afterwards too: true if it trusts none yet. Never a change. */
export const commonCa = defineResource({
  kind: "common CA",
  label: ({ onHost }: CommonCaProps) => onHost,
  needs: (p) => ({ onHost: hostCertificates([p.onHost]), onController: queries.certificateFile(p.onController) }),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  output: ({ onHost, onController }: Now): boolean => {
    const now = onHost.flatMap(({ certificates }) => certificates);
    const coming = onController.type === "certificate" ? [onController.certificate, ...onController.chain] : [];
    return now.length === 0 || now.some((one) => coming.some(({ publicKey }) => publicKey === one.publicKey));
  },
  // In a check that replaces a CA, the coming one is unknown, and the hosts trust it beside the old one.
  reads: true,
});
