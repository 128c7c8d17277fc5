import { Type } from "typebox";

export const renewalVariables = {
  renew: Type.String({
    default: "",
    description:
      "The certificates to issue again in this run: `all`, or names from `npm run certs`, separated by commas. For the command line only, as in `-e renew=all`.",
  }),
};

/** The certificates that roles of add-ons and of the pod network issue, by their names below the pki folder. */
export const certificatesOfAddons = ["hubble/server", "hubble/relay", "addons/metrics-server", "addons/registry"];

/** The names in the variable `renew`; empty for none. */
export const namesToRenew = (renew: string): readonly string[] =>
  renew
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** Whether this certificate must be issued again. */
export const isToRenew = (renew: string, name: string): boolean =>
  namesToRenew(renew).some((one) => one === "all" || one === name);
