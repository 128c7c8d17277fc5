import { defineCheck } from "../check.ts";

/** Lines of /readyz?verbose that failed: "[-]etcd failed: reason withheld". */
const failedIn = (text: string): string =>
  text
    .split("\n")
    .filter((line) => line.startsWith("[-]"))
    .map((line) => line.slice(3))
    .join("; ");

export const apiServers = defineCheck({
  name: "api-servers",
  description: "Every API server answers and is ready.",
  findings: ({ servers }) =>
    servers
      .filter(({ status }) => status !== 200)
      .map(({ url, status, text }) => ({
        severity: "error",
        subject: url,
        problem: status === 0 ? "kube-apiserver does not answer" : "kube-apiserver is not ready",
        cause: failedIn(text) || text.trim() || `HTTP ${String(status)}`,
        remedy: "journalctl -u kube-apiserver on that master shows why; check etcd first, which it depends on",
      })),
});
