import { certificatePlaces, hostCertificates, type CertificateFile } from "#cluster/host-certificates.ts";
import { endInWords, nearsEnd } from "#engine/pki/life.ts";
import { nameInWords } from "#engine/pki/name.ts";
import { answer, defineCheck, type Finding } from "../check.ts";

const day = 24 * 3600 * 1000;

export const certificates = defineCheck({
  name: "certificates",
  description: "No certificate on a host nears its end.",
  onHosts: () => ({ files: hostCertificates(certificatePlaces) }),
  findings: ({ patients, vars, now }) =>
    patients.flatMap((patient) =>
      (answer<readonly CertificateFile[]>(patient, "files") ?? []).flatMap(({ path, certificates: all }) =>
        all.flatMap((certificate): Finding[] => {
          const remaining = { certificate, daysLeft: (certificate.notAfter.getTime() - now.getTime()) / day };
          if (remaining.daysLeft > 0 && !nearsEnd(remaining, vars.pki_warn_before_days)) return [];
          return [
            {
              severity: remaining.daysLeft <= 0 ? "error" : "warning",
              subject: patient.host.name,
              problem: `the certificate ${nameInWords(certificate)} in ${path} ${endInWords(remaining)}`,
              remedy: path.includes("/kubelet/")
                ? "kubelets renew their own: journalctl -u kubelet there, and npm run kubectl -- get csr"
                : certificate.isCa
                  ? "plan a new CA: docs/operations/certificates.md"
                  : "npm run play certs renews it; npm run certs lists all",
            },
          ];
        }),
      ),
    ),
});
