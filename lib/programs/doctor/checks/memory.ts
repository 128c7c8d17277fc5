import { answer, defineCheck, type Finding } from "../check.ts";
import { script } from "../../reading/script.ts";

/** Percent of the memory that must be available. */
const least = 5;

const kibibytes = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]);

export const memory = defineCheck({
  name: "memory",
  description: "Every host has memory to spare.",
  onHosts: () => ({ meminfo: script("cat /proc/meminfo") }),
  findings: ({ patients }) =>
    patients.flatMap((patient): Finding[] => {
      const text = answer<string>(patient, "meminfo") ?? "";
      const percent = (100 * kibibytes(text, "MemAvailable")) / kibibytes(text, "MemTotal");
      if (!(percent < least)) return [];
      return [
        {
          severity: "warning",
          subject: patient.host.name,
          problem: `only ${percent.toFixed(1)} % of its memory are available: the kernel may end processes soon`,
          remedy: "systemd-cgtop -m there shows the users; set limits for pods, or move some",
        },
      ];
    }),
});
