/** A step that a task took, and the ends of what it printed. */
export interface ShownStep {
  /** The shell script, or what was uploaded where. Only with -vvv. */
  readonly does?: string;
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code of a shell script. */
  readonly code?: number;
  readonly seconds?: number;
}

/** Characters of each stream that are kept. */
const most = 64 * 1024;

/** The ends of long outputs. */
export const endsOf = ({ stdout, stderr }: Pick<ShownStep, "stdout" | "stderr">) => ({
  stdout: stdout.slice(-most),
  stderr: stderr.slice(-most),
});
