import { counted } from "#engine/counted.ts";
import { shownPath } from "#engine/files.ts";
import { roughly } from "./progress-line.ts";
import type { Source } from "#engine/cache/cache.ts";
import { downloadOf, effortOf, megabytesOf } from "../catalogue/efforts.ts";
import type { WantedComponent } from "../catalogue/wanted.ts";

/** Where a component will come from. */
export interface Decision {
  readonly wanted: WantedComponent;
  readonly source: Source;
  /** Why upstream cannot be reached, if it is built for that reason. */
  readonly why?: string;
}

export interface Announced {
  readonly decisions: readonly Decision[];
  readonly folder: string;
  /** Seconds that a unit of effort takes on this machine. */
  readonly pace: number;
  readonly processors: number;
  /** Bytes per second of the last downloads; undefined if none was measured yet. */
  readonly line: number | undefined;
}

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);
const size = (megabytes: number): string =>
  megabytes < 1000 ? `${String(Math.round(megabytes))} MB` : `${(megabytes / 1000).toFixed(1)} GB`;

const isOfDebian = ({ component: { build } }: WantedComponent): boolean =>
  build.kind === "debian" || build.kind === "debian-root";

/** "0.25", "2.5", "120". */
const megabytesPerSecond = (line: number): string => String(Number((line / 1e6).toPrecision(2)));

/** How long the downloads take. Lines differ by a thousand times, so the first run can only give examples. */
function downloadTime(megabytes: number, line: number | undefined): string {
  const at = (bytesPerSecond: number): string => roughly((megabytes * 1e6) / bytesPerSecond);
  if (line !== undefined)
    return `Downloading takes ${at(line)}, at the ${megabytesPerSecond(line)} MB/s of the last downloads.`;
  return `Downloading takes ${at(10e6 / 8)} at 10 Mbit/s, and ${at(100e6 / 8)} at 100 Mbit/s. The next run knows the speed of this machine's line.`;
}

/** Builds of fewer seconds than this are not announced. */
const short = 20;

/** The lines to show before a long first step; empty if the step is short. */
export function announcement({ decisions, folder, pace, processors, line }: Announced): readonly string[] {
  const from = (source: Source) => decisions.filter((one) => one.source === source).map(({ wanted }) => wanted);
  const built = from("build").filter((one) => !isOfDebian(one));
  const seconds = sum(from("build").map(({ component }) => effortOf(component))) * pace;
  const downloaded = from("upstream");
  if (seconds < short && downloaded.length === 0) return [];
  const transferred = sum(downloaded.map(({ component }) => downloadOf(component)));
  const parts = [
    ...(downloaded.length > 0
      ? [`${counted(downloaded.length, "component")} to download (about ${size(transferred)})`]
      : []),
    ...(built.length > 0 ? [`${String(built.length)} to build with Go`] : []),
    ...(from("build").length > built.length ? [`${String(from("build").length - built.length)} from Debian`] : []),
    ...(from("directory").length > 0 ? [`${String(from("directory").length)} to copy`] : []),
  ];
  const megabytes = sum(decisions.map(({ wanted }) => megabytesOf(wanted.component)));
  const causes = [...new Set(decisions.flatMap(({ why }) => why ?? []))];
  return [
    `Not in the cache (${shownPath(folder)}) yet: ${parts.join(", ")}, ${size(megabytes)} in all.`,
    ...(downloaded.length === 0 ? [] : [downloadTime(transferred, line)]),
    ...(built.length === 0
      ? []
      : [
          `Building takes ${roughly(seconds)} on this machine (${counted(processors, "processor")}), once. Finished artifacts stay in the cache, even if you interrupt the run.`,
        ]),
    ...(causes.length === 0
      ? []
      : [
          `They are built because upstream cannot be reached: ${causes.slice(0, 3).join("; ")}${causes.length > 3 ? ` and ${String(causes.length - 3)} more` : ""}.`,
          "Faster: a mirror of the releases (-e artifact_upstream_url=URL), or a bundle from a machine that has them (npm run bundle).",
        ]),
  ];
}
