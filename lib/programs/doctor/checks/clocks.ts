import { defineCheck, type Finding } from "../check.ts";

/** Seconds. Certificates are backdated by five minutes, but leases and logs are compared across hosts. */
const limit = 2;

export const clocks = defineCheck({
  name: "clocks",
  description: "The hosts' clocks agree with the controller's.",
  findings: ({ patients }) =>
    patients
      .filter(({ facts }) => Math.abs(facts.clockSkew) > limit)
      .map(({ host, facts }): Finding => ({
        severity: Math.abs(facts.clockSkew) > 60 ? "error" : "warning",
        subject: host.name,
        problem: `its clock is ${facts.clockSkew.toFixed(1)} s off the controller's`,
        remedy: "set up NTP there, such as systemd-timesyncd or chrony",
      })),
});
