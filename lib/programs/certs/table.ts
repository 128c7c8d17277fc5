import { columns } from "../columns.ts";
import type { CertificateRow, Limit } from "./rows.ts";

/** Names that are shown of each certificate. */
const shown = 3;

const few = (names: readonly string[]): string => {
  const rest = names.length - shown;
  return [...names.slice(0, shown), ...(rest > 0 ? [`+${String(rest)}`] : [])].join(",");
};

const hostsOf = ({ files }: CertificateRow): string[] => [
  ...new Set(files.map((file) => file.slice(0, file.indexOf(":")))),
];

/** The remark at the end of a line. */
function noteOf(row: CertificateRow): string {
  if (row.daysLeft < 0) return "EXPIRED";
  if (row.nearsEnd) return "NEAR ITS END";
  return row.onController || row.usedBy.startsWith("kubelet") ? "" : "old copy: play site";
}

/** The list for people, with a sentence about those that near their end. */
export function tableOf(rows: readonly CertificateRow[], { days }: Limit): string[] {
  const near = rows.filter((row) => row.nearsEnd);
  const head = ["CERTIFICATE", "DAYS LEFT", "EXPIRES", "CA", "SUBJECT", "NAMES", "USED BY", "ON", "NOTE"];
  const lines = rows.map((row) => [
    row.name,
    String(row.daysLeft),
    row.notAfter.slice(0, 10),
    row.ca,
    row.subject,
    few(row.sans) || "-",
    row.usedBy || "-",
    few(hostsOf(row)),
    noteOf(row),
  ]);
  return [
    ...columns(head, lines),
    "",
    near.length === 0
      ? `${String(rows.length)} certificates, none with fewer than ${String(days)} days left.`
      : `${String(near.length)} of ${String(rows.length)} certificates have expired or near their end. Leaves: npm run play -- -e renew=NAME,… certs`,
  ];
}
