import { queries } from "kubeplay";
import { endpoint } from "#cluster/urls.ts";
import { answer, defineCheck, type Finding } from "../check.ts";

const file = "/etc/kube-nginx/nginx.conf";

const serversIn = (text: string): string[] =>
  [...text.matchAll(/^\s*server\s+([^\s{;]+)/gm)].map(([, server = ""]) => server).sort();

export const proxies = defineCheck({
  name: "proxies",
  description: "Every host's proxy to the API knows the masters of the inventory, and no others.",
  onHosts: () => ({ configuration: queries.content(file) }),
  findings: ({ patients, masters, vars }) => {
    const wanted = masters.map(({ address }) => endpoint(address, vars.kube_apiserver_port)).sort();
    return patients.flatMap((patient): Finding[] => {
      const text = answer<queries.ContentState>(patient, "configuration");
      const found = typeof text === "string" ? serversIn(text) : [];
      if (found.join() === wanted.join()) return [];
      return [
        {
          severity: "error",
          subject: patient.host.name,
          problem:
            found.length === 0
              ? `its proxy has no configuration with servers, ${file}`
              : `its proxy uses ${found.join(", ")}, and the inventory's masters are ${wanted.join(", ")}`,
          remedy: "npm run play -- --tags kube-nginx site",
        },
      ];
    });
  },
});
