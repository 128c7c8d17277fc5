import { quote } from "../shell/quote.ts";
import { began, drain } from "./shell-functions.ts";

/** A lock to take. */
export interface WantedLock {
  /** The holder in one line, unique to the run. Shells of the same run hold the lock together. */
  readonly holder: string;
  /** A lock file of the user's own; the lock of the host by default. */
  readonly file?: string;
  /** Seconds to wait on the host for another holder. */
  readonly wait?: number;
  /** Whether to go on beside ordinary users' runs, which anyone could fake. */
  readonly besideOthers?: boolean;
  /** A shell of the same run that has the lock of the same host, by its process id: who waits for that one comes later. */
  readonly joins?: number | undefined;
  /** Runs, for root, once the lock is taken. What it prints follows. */
  readonly thenRead?: string | undefined;
}

/** Root's own folder. Nobody else can open the lock file, so nobody else can hold the lock. */
const folder = "/run/kubeplay";
const rootsFile = `${folder}/lock`;
/** One link for each shell of root that holds the lock: everyone can read them. */
const rootsSigns = `${folder}/signs`;

/** Seconds without a heartbeat after which an idle shell is ended: its run was killed, or the network is gone. */
export const lockPatience = 45;

/** The last holder of root's lock, for a reader: "free NAME" or "held NAME". Empty for other users. */
export const lastHolderScript = `{ read -r kubeplay_last < ${rootsFile} && printf '%s\\n' "$kubeplay_last"; } 2>/dev/null`;

/**
 * Tries to take a lock. It runs in the shell for changes itself, which holds the lock from then on. The shell lives
 * until its command has ended, however the run ends. Commands get neither the lock file nor the sign: a program that
 * they leave running does not hold the lock.
 *
 * Prints "taken PID LAST" with the last holder, "held NAME" if another run has it, or "beside NAME" if an ordinary
 * user's run may be at work.
 *
 * - Among the runs of root, and of one file: flock(1). A newcomer needs the lock alone, and then shares it with the other
 *   shells of its run.
 * - Between users: each shell that holds the lock has a sign, a symbolic link that gives its process. Who has put up a
 *   sign looks for others. Ordinary users give way to root. Root gives the file back while it waits for them: their run
 *   may come to need it.
 */
export const takeScript = (wanted: WantedLock): string => {
  const { holder, file, wait = 0, besideOthers = false, joins = "", thenRead = "" } = wanted;
  return `${functions}
kubeplay_who=${quote(holder)}; kubeplay_wait=${String(wait)}; kubeplay_beside=${besideOthers ? "1" : ""}; kubeplay_joins=${String(joins)}; kubeplay_then=${quote(thenRead)}
trap kubeplay_free EXIT
${file === undefined ? `kubeplay_id=$(id -u); if [ "$kubeplay_id" = 0 ]; then kubeplay_root; else kubeplay_user; fi` : `kubeplay_file ${quote(file)} && echo "taken $$ $kubeplay_last"`}`;
};

/** Gives the lock back, if the shell has it. */
export const freeScript = "kubeplay_free 2>/dev/null";

/**
 * For a program of its own, in a shell with \`set -e\`: goes on only while the run still has the lock, and keeps it to the
 * end of the program.
 */
export const keepScript = ({ holder, file }: WantedLock, pid: number): string =>
  `if [ ${file === undefined ? `"$(id -u)" = 0` : "1 = 1"} ]; then exec 8>> ${quote(file ?? rootsFile)}; flock -n -s 8 && read -r held < ${quote(file ?? rootsFile)} && [ "$held" = ${quote(`held ${holder}`)} ]; else [ -e /proc/${String(pid)} ]; fi || { echo "the run has lost its lock: nothing was changed" >&2; exit 1; }`;

/** Written to `watchScript` by a run that is alive, and by one that ends in order. */
export const watchWords = { beat: ".", end: "e" };

/**
 * A program that ends the shell with this process id if nothing arrives for a while, or its input ends: the run was
 * killed. A shell that is at work ends after its command. Programs that the command leaves running are no work, although
 * the shell waits for the relays of their output.
 */
export const watchScript = (pid: number): string => `
${began}
began ${String(pid)}; first=$at; here=/proc/${String(pid)}
while :; do
  beat=$(timeout ${String(lockPatience)} head -c 1); code=$?
  [ $code != 124 ] && [ "$beat" ] || break
  [ "$beat" = "${watchWords.beat}" ] || exit 0
done
out=$(readlink $here/fd/1); err=$(readlink $here/fd/2)
below() { for child in $(cat /proc/$1/task/*/children); do echo $child; below $child; done; }
# The shells and relays of a command with pipes of its own have the session's streams; the command itself does not.
at_work() {
  relays=
  for child in $(cat $here/task/*/children); do
    [ "$out" ] && [ "$(readlink /proc/$child/fd/5)" = "$out" ] || return 0
    for one in $(below $child); do
      case $(readlink /proc/$one/fd/1) in
        "$out" | "$err") relays="$relays $one" ;;
        *) [ "$(readlink /proc/$one/fd/5)" = "$out" ] || return 0 ;;
      esac
    done
  done
  return 1
}
${drain}
idle=0
while began ${String(pid)}; [ "$at" ] && [ "$at" = "$first" ]; do
  if at_work; then idle=0; else idle=$((idle + 1)); fi
  if [ $idle -lt 3 ]; then :
  elif [ "$relays" ]; then for relay in $relays; do drain $relay; done
  else kill -KILL ${String(pid)}; fi
  sleep 1
done 2> /dev/null`;

const functions = `
kubeplay_began() { kubeplay_stat=; kubeplay_at=; read -r kubeplay_stat < "/proc/$1/stat"; set -- \${kubeplay_stat##*) }; [ "\${1-}" = Z ] || kubeplay_at=\${20-}; } 2>/dev/null
kubeplay_lives() {
  kubeplay_began "$1"
  [ -n "$kubeplay_at" ] || case $(kill -0 "$1" 2>&1) in *ermitted*) return 0 ;; *) return 1 ;; esac
  [ "$kubeplay_at" = "$2" ]
}
kubeplay_free() {
  [ -z "$kubeplay_sign" ] || rm -f -- "$kubeplay_sign"
  kubeplay_sign=
  kubeplay_give_back "free $kubeplay_who"
}
kubeplay_give_back() {
  [ -z "$kubeplay_has" ] || { ! flock -n 9 || printf '%s\\n' "$1" > "$kubeplay_has"; exec 9>&-; }
  kubeplay_has=
}
kubeplay_file() {
  [ -z "$kubeplay_has" ] || return 0
  command -v flock >/dev/null || { echo 'flock is not installed; it is part of util-linux' >&2; return 1; }
  (umask 077; : >> "$1") || return 1
  exec 9>> "$1"
  kubeplay_last=; read -r kubeplay_last < "$1"
  if [ "$kubeplay_last" = "held $kubeplay_who" ] && flock -n -s 9; then
    read -r kubeplay_now < "$1"
    [ "$kubeplay_now" = "$kubeplay_last" ] && { kubeplay_has=$1; return 0; }
  fi
  if flock -n 9 || { [ "$kubeplay_wait" != 0 ] && flock -w "$kubeplay_wait" 9; }; then
    kubeplay_last=; read -r kubeplay_last < "$1"
    printf 'held %s\\n' "$kubeplay_who" > "$1"
    flock -n -s 9 && read -r kubeplay_now < "$1" && [ "$kubeplay_now" = "held $kubeplay_who" ] && { kubeplay_has=$1; return 0; }
  fi
  kubeplay_now=; read -r kubeplay_now < "$1"
  exec 9>&-
  printf 'held %s\\n' "\${kubeplay_now#* }"
  return 1
}
kubeplay_put_up() { kubeplay_began $$; ln -sfn -- "$kubeplay_at $kubeplay_who" "$1" && kubeplay_sign=$1; }
kubeplay_of_root() (
  for sign in ${rootsSigns}/*; do
    [ -L "$sign" ] || continue
    said=$(readlink -- "$sign")
    kubeplay_lives "\${sign##*/}" "\${said%% *}" || continue
    [ "\${said#* }" = "$kubeplay_who" ] || { printf '%s' "\${said#* }"; return 0; }
  done
  return 1
)
kubeplay_of_users() (
  for sign in /run/lock/kubeplay.* /tmp/kubeplay.*; do [ ! -L "$sign" ] || break; done
  [ -L "$sign" ] || return 1
  found=$(find /run/lock /tmp -maxdepth 1 -type l -name 'kubeplay.*.*.*' ! -path "$kubeplay_sign" -printf '%U %f %l\\0' 2>/dev/null | tr '\\001-\\037\\177' '?' | tr '\\000' '\\n' | while read -r uid name at said; do
    rest=\${name#kubeplay.}; pid=\${rest#*.}; pid=\${pid%%.*}
    [ "\${rest%%.*}" = "$uid" ] || continue
    [ -z "$kubeplay_beside" ] || [ "$uid" = "$kubeplay_id" ] || continue
    if kubeplay_lives "$pid" "$at"; then [ "$said" = "$kubeplay_who" ] || { printf '%s %s %s\\n' "$uid" "$name" "$said"; break; }
    elif [ "$uid" = "$kubeplay_id" ]; then rm -f -- "/run/lock/$name" "/tmp/$name"; fi
  done)
  [ -n "$found" ] && printf '%s' "$found"
)
kubeplay_root() {
  [ -d ${rootsSigns} ] || { mkdir -p ${rootsSigns} && chmod 755 ${folder} ${rootsSigns}; } || return 1
  kubeplay_file ${rootsFile} || return
  kubeplay_put_up ${rootsSigns}/$$
  if kubeplay_shared || kubeplay_beside_users; then echo "taken $$ $kubeplay_last"; eval "$kubeplay_then"
  else kubeplay_give_back "$kubeplay_last"; return 1; fi
}
kubeplay_shared() {
  [ -n "$kubeplay_joins" ] || return
  for sign in ${rootsSigns}/$kubeplay_joins /run/lock/kubeplay.*.$kubeplay_joins.* /tmp/kubeplay.*.$kubeplay_joins.*; do
    [ -L "$sign" ] && said=$(readlink -- "$sign") || continue
    [ "\${said#* }" != "$kubeplay_who" ] || ! kubeplay_lives "$kubeplay_joins" "\${said%% *}" || return 0
  done
  return 1
}
kubeplay_beside_users() {
  kubeplay_found=$(kubeplay_of_users) || return 0
  kubeplay_uid=\${kubeplay_found%% *}; kubeplay_found=\${kubeplay_found#* }
  if [ "$kubeplay_uid" = "$kubeplay_id" ]; then printf 'held %s\\n' "\${kubeplay_found#* }"
  else printf 'beside %s\\n' "\${kubeplay_found#* } (so says user $kubeplay_uid)"; fi
  return 1
}
kubeplay_user() {
  kubeplay_last=
  if [ -z "$kubeplay_sign" ]; then
    kubeplay_place=/run/lock; [ -w /run/lock ] || kubeplay_place=/tmp
    kubeplay_put_up "$kubeplay_place/kubeplay.$kubeplay_id.$$.$(od -An -N 8 -t x8 /dev/urandom | tr -d ' ')" || return 1
  fi
  if ! kubeplay_shared; then
    if kubeplay_by=$(kubeplay_of_root); then
      printf 'held %s\\n' "$kubeplay_by"
      kubeplay_free
      return 1
    fi
    kubeplay_beside_users || { kubeplay_give_way; return 1; }
  fi
  echo "taken $$ unknown"
}
kubeplay_give_way() { ! expr "\${kubeplay_sign##*/}" '>' "\${kubeplay_found%% *}" >/dev/null || kubeplay_free; }
`;
