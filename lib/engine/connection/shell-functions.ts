import { released, trailer } from "./frames.ts";

/**
 * Adds the folders of programs that a login or sudo's secure_path may leave out, without a change to the order of the
 * others. Sets one locale, as messages are parsed (LANGUAGE would override LC_ALL), and one umask for all hosts. TMOUT
 * would end reads of a bash.
 */
export const prelude =
  'unset LANGUAGE TMOUT; export LC_ALL=C.UTF-8 PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; umask 022';

/** A shell that gets it runs nothing more, and waits to be killed. It ends by itself if nobody is left to do that. */
export const endSignal = "USR1";

/**
 * The functions that a session defines in its shell, in one line.
 *
 * - `kubeplay_end CODE` ends a command's output. A shell whose connection is lost must not run the commands that are
 *   still queued in its input.
 * - `kubeplay_link CHAIN CODE` records which chain broke.
 * - `kubeplay_piped SCRIPT` runs a script whose output goes through pipes of its own, and sets kubeplay_code. The frame
 *   that ends the output goes through the same pipes, after the script's last byte, and has the id of the process that
 *   waits for the pipes, or 0. A program that the script left running keeps them open: what it prints until the frame
 *   "released" belongs to no command.
 */
export const shellFunctions = (nonce: string): string => {
  const end = trailer(nonce);
  return [
    `kubeplay_end() { printf '${end}' "$1" && printf '${end}' "$1" >&2 || exit 1; }`,
    `kubeplay_link() { [ "$2" = 0 ] || kubeplay_broken=$1; }`,
    `kubeplay_body() { ( eval "$1" ) </dev/null 6>&- 9>&-; kubeplay_code=$?; kubeplay_waits=; read -r _ _ _ kubeplay_waits _ < /proc/self/stat; kubeplay_end "$kubeplay_code \${kubeplay_waits:-0}"; echo "$kubeplay_code" >&6; }`,
    // 3 leads to the pipe for output, 5 and 7 to the session's own streams, 6 to the substitution. Parentheses and not
    // braces: a shell keeps copies of what it redirects for braces, and a program that is left would keep them open.
    `kubeplay_piped() { { kubeplay_code=$( ( ( ( kubeplay_body "$1" ) 2>&1 >&3 3>&- 5>&- 7>&- | cat >&7 3>&- 5>&- 6>&- 7>&- 9>&- ) 3>&1 | cat >&5 5>&- 6>&- 7>&- 9>&- ) 6>&1 2>/dev/null ); } 5>&1 7>&2; [ "$kubeplay_code" ] || { kubeplay_code=137; kubeplay_end "137 0"; }; kubeplay_end ${released}; }`,
    `trap 'sleep 10 >/dev/null 2>&1 9>&-; exit 143' ${endSignal}`,
    "kubeplay_broken=",
    prelude,
  ].join("; ");
};

/**
 * A shell function that sets `at` to the start time of a process, which tells it from a later one with the same id. `at` is
 * empty if the process has ended, also if nobody has asked for its exit code yet: the first process of a container may
 * take seconds, or never do it.
 */
export const began = `began() { stat=; at=; read -r stat < "/proc/$1/stat"; set -- \${stat##*) }; [ "\${1-}" = Z ] || at=\${20-}; } 2> /dev/null`;

/**
 * A shell function that ends a relay. What the program that keeps its pipe open prints from now on is read and dropped, so
 * that the program does not end by SIGPIPE.
 */
export const drain = `drain() { ( { kill -KILL "$1"; exec cat; } < "/proc/$1/fd/0" || kill -KILL "$1" ) > /dev/null 2>&1 & }`;

/** Ends the relays of a command whose pipes are still open, given the id of the process that waits for them. */
export const releasing = (waits: number): string => `${drain}
parent() { read -r _ _ _ up _ < /proc/$1/stat && echo "$up"; }
above=$(parent ${String(waits)}) || exit 0
relays=$(cat /proc/${String(waits)}/task/*/children; cat /proc/$above/task/*/children)
[ "$(parent ${String(waits)})" = "$above" ] || exit 0
for relay in $relays; do [ "$relay" = ${String(waits)} ] || drain "$relay"; done`;
