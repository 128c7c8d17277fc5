import type { Build, Component } from "./component.ts";

/**
 * What a component takes, as measured: seconds of one processor (AMD EPYC, 2.4 GHz) to build it after those before it in
 * the order of need, and the size of what comes of it in MB. They serve to tell a person how long it will take.
 */
const measured: Readonly<Record<string, readonly [seconds: number, megabytes: number]>> = {};

/** For what was never measured. */
const usual: Readonly<Record<Build["kind"], number>> = { go: 60, c: 1, tree: 1, debian: 5, "debian-root": 30 };

/** Seconds of one processor. */
export const effortOf = ({ name, build }: Component): number => measured[name]?.[0] ?? usual[build.kind];
export const megabytesOf = ({ name }: Component): number => measured[name]?.[1] ?? 20;
