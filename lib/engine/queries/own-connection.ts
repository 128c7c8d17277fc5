import { defineQuery, type Query } from "./define.ts";
import { unreadable } from "./keys.ts";

/** The SSH connection that a run has to the host; undefined if it has another kind, or if the host does not tell. */
export type OwnConnectionState = { readonly client: string; readonly port: number } | undefined;

const of = defineQuery<OwnConnectionState>({
  kind: "own connection",
  passing: ["client"],
  // sudo takes the variable away, so the environments of the shell's ancestors are read.
  ask: () => `process=$$ found=
while [ "\${process:-0}" -gt 1 ]; do
  found=$({ tr '\\0' '\\n' <"/proc/$process/environ"; } 2>/dev/null | sed -n 's/^SSH_CONNECTION=//p' | head -n 1)
  [ -z "$found" ] || break
  process=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$process/status" 2>/dev/null)
done
printf '%s\\n' "$found"`,
  parse: (stdout, keys) => {
    const answer = readConnection(stdout.trim());
    return new Map(keys.map((key) => [key, answer]));
  },
});

/** As sshd writes it: "192.0.2.7 50210 192.0.2.1 22". */
function readConnection(line: string): OwnConnectionState {
  if (line === "") return undefined;
  const [, client, port] = /^([0-9a-fA-F.:]+)(?:%\S+)? \d+ \S+ (\d{1,5})$/.exec(line) ?? [];
  if (client === undefined) throw unreadable(line);
  return { client, port: Number(port) };
}

/** From where the run is connected over SSH, as the host sees it, and to which port. */
export const ownConnection = (): Query<OwnConnectionState> => of("ssh");
