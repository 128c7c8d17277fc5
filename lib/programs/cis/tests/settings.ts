import { fail, notApplicable, passIf, type Control, type HostControl, type Judgement, type Kind } from "../control.ts";
import { find, type Found, type Setting } from "../evidence/settings.ts";
import type { HostEvidence } from "../evidence/host.ts";
import type { Component } from "../evidence/probe.ts";
import type { Test } from "./values.ts";

/** [number, title, kind, remedy]: what each control has. */
export type Head = readonly [number: string, title: string, kind: Kind, remedy: string];

export const headOf = ([number, title, kind, remedy]: Head): Pick<Control, "number" | "title" | "kind" | "remedy"> => ({
  number,
  title,
  kind,
  remedy,
});

/** What is judged only where a component runs. Nothing but kube-proxy may be absent. */
export function whereRuns(
  component: Component,
  judge: (host: HostEvidence) => Judgement,
): (host: HostEvidence) => Judgement {
  return (host) => {
    if (host.processes.has(component)) return judge(host);
    if (component === "kube-proxy" && !host.units.has(component)) return notApplicable("there is no kube-proxy");
    return fail(`${component} does not run`);
  };
}

/** Settings of a component's process, all of which must pass the test. */
export function settings(
  head: Head,
  hosts: HostControl["hosts"],
  wanted: readonly [Setting, ...Setting[]],
  test: Test,
): HostControl {
  const component = wanted[0].component;
  return {
    ...headOf(head),
    hosts,
    judge: whereRuns(component, (host) => {
      const found = wanted.map((setting) => find(host, setting));
      return passIf(
        found.every(({ value }) => test(value)),
        found.map(({ shown }) => shown).join("; "),
      );
    }),
  };
}

/** One setting that is judged by a function of its own. */
export const setting = (
  head: Head,
  hosts: HostControl["hosts"],
  wanted: Setting,
  judge: (found: Found, host: HostEvidence) => Judgement,
): HostControl => ({
  ...headOf(head),
  hosts,
  judge: whereRuns(wanted.component, (host) => judge(find(host, wanted), host)),
});
