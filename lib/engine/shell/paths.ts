/** In place of an identity: nothing is there. */
export const absent = "absent";

/** The exit code for a path that is no longer what it was compared as: EX_TEMPFAIL of sysexits.h. */
export const changedSince = 75;

/** The names of folders that only this user can enter, as a pattern. */
const apartNames = ".kubeplay.??????????";

const permitted = "%y %m %U %G %i";
const identified = String.raw`\( -type d -printf '${permitted}\n' -o -type f -printf '${permitted} %s %T@\n' -o -printf '%y %i %T@\n' \)`;

/** The same from the fields that find(1) names so. A change of content or permissions of a file shows in it. */
export function identityOf(field: Readonly<Record<"y" | "m" | "U" | "G" | "i" | "s" | "T", string>>): string {
  const { y, m, U, G, i, s, T } = field;
  if (y === "d") return [y, m, U, G, i].join(" ");
  return y === "f" ? [y, m, U, G, i, s, T].join(" ") : [y, i, T].join(" ");
}

/**
 * Shell functions for work in folders that other users may write to. A path can be swapped for a link between two
 * commands, but a shell stays in the folder that it entered. So each function works on names of the current folder.
 */
export const pathFunctions = `
# Enters a folder by its absolute path. Follows a link on the way only if no one but root or this user can place one there.
kubeplay_enter() {
  if cd -P -- "$1" 2>/dev/null; then [ "$PWD" = "$1" ] || kubeplay_walk "$1"
  elif [ ! -e "$1" ]; then echo "the folder $1 does not exist: add a directory task before it" >&2; return 1
  elif [ ! -d "$1" ]; then echo "$1: Not a directory" >&2; return 1
  else kubeplay_walk "$1"; fi
}
kubeplay_walk() {
  kubeplay_rest=$1 kubeplay_own=yes kubeplay_links=0
  cd / || return
  while [ -n "$kubeplay_rest" ]; do
    kubeplay_part=\${kubeplay_rest%%/*}
    case $kubeplay_rest in */*) kubeplay_rest=\${kubeplay_rest#*/} ;; *) kubeplay_rest= ;; esac
    case $kubeplay_part in '' | .) continue ;; ..) cd -P .. || return; continue ;; esac
    kubeplay_fixed "$kubeplay_part" || kubeplay_own=
    if [ ! -L "./$kubeplay_part" ]; then
      kubeplay_down "$kubeplay_part" || return
      continue
    fi
    kubeplay_links=$((kubeplay_links + 1))
    if [ -z "$kubeplay_own" ] || [ $kubeplay_links -gt 40 ]; then
      echo "$1: \${PWD%/}/$kubeplay_part is a link that others can change: write the path without links" >&2
      return 1
    fi
    kubeplay_part=$(readlink -- "./$kubeplay_part" && echo .) || return
    kubeplay_part=\${kubeplay_part%??}
    case $kubeplay_part in /*) cd / || return ;; esac
    kubeplay_rest=$kubeplay_part/$kubeplay_rest
  done
}
# Enters a folder of the current one that is not a link.
kubeplay_down() {
  kubeplay_to=\${PWD%/}/$1
  cd -P -- "./$1" || return
  [ "$PWD" = "$kubeplay_to" ] || { echo "$kubeplay_to was replaced by a link" >&2; return 1; }
}
# Enters a folder, and makes it and its parents if they do not exist.
kubeplay_make() {
  if [ -e "$1" ] || [ -L "$1" ] || [ -z "$1" ]; then kubeplay_enter "\${1:-/}"; return; fi
  kubeplay_make "\${1%/*}" && { mkdir -- "./\${1##*/}" || [ -d "./\${1##*/}" ]; } && kubeplay_down "\${1##*/}"
}
# Whether only root and this user can change what a name of the current folder means.
kubeplay_fixed() {
  set -- "$1" "$(stat -c '%u %a' .)"
  kubeplay_trusts "\${2%% *}" || return
  [ $((0\${2#* } & 022)) != 0 ] || return 0
  [ -k . ] && kubeplay_trusts "$(stat -c %u -- "./$1" 2>/dev/null)"
}
# Whether this is the number of root or of this user.
kubeplay_trusts() {
  case $1 in '') return 1 ;; 0) ;; *) [ "$1" = "$(id -u)" ] ;; esac
}
# Whether only root and this user can change what a path means, whose folder must exist: for programs that take a path.
kubeplay_alone() {
  kubeplay_walk "\${1%/*}" && kubeplay_fixed "\${1##*/}" && [ -n "$kubeplay_own" ] ||
    { echo "others can swap $1: take their permission to write to the folders above it" >&2; return 1; }
}
# The same for a path that exists, and for each path that it leads to as a link.
kubeplay_alone_to_end() {
  kubeplay_alone "$1" || return
  [ -L "./\${1##*/}" ] || return 0
  kubeplay_part=$(readlink -- "./\${1##*/}" && echo .) || return
  kubeplay_part=\${kubeplay_part%??}
  case $kubeplay_part in /*) ;; *) kubeplay_part=\${PWD%/}/$kubeplay_part ;; esac
  kubeplay_alone_to_end "$kubeplay_part"
}
# Prints the identity of a name of the current folder, as the query \`path\` returns it; nothing if it does not exist.
kubeplay_identity() { find "./$1" -maxdepth 0 ${identified} 2>/dev/null; }
# Whether the name is still what it was when it was compared: "absent", its identity, or "" if that is not known.
kubeplay_same() {
  case $2 in
  '') ;;
  ${absent}) [ ! -e "./$1" ] && [ ! -L "./$1" ] ;;
  *) [ "$(kubeplay_identity "$1")" = "$2" ] ;;
  esac || { echo "it was changed by somebody else after it was compared" >&2; return ${changedSince}; }
}
# Whether the file that was compared has the content with this digest, if others can swap its name: what was read by its
# name may be of another file.
kubeplay_read() {
  kubeplay_fixed "$1" && return 0
  kubeplay_name=$1
  kubeplay_apart || return
  ln -P -T -- "../$1" "./$1" && kubeplay_same "$1" "$2" && [ "$(sha256sum < "./$1")" = "$3  -" ] ||
    { echo "it was changed by somebody else while it was read" >&2; (exit ${changedSince}); }
  set -- $?
  rm -f -- "./$kubeplay_name"; kubeplay_leave
  return $1
}
# Whether the current folder is as this user has just made it.
kubeplay_new() { [ -O . ] && [ -z "$(ls -A)" ] || { echo "$PWD was replaced by another folder" >&2; return 1; }; }
# Enters a new folder that only this user can enter. kubeplay_leave removes it, if it is empty. If the shell ends before,
# the folder goes with what is in it, and so does the file $kubeplay_copy beside it. A folder of a shell that was killed
# goes once it is a day old.
kubeplay_apart() {
  trap '' PIPE HUP; trap 'exit 143' TERM; trap kubeplay_abandon EXIT
  find . -maxdepth 1 -type d -name '${apartNames}' -uid "$(id -u)" -mmin +1440 -exec rm -rf -- {} + 2>/dev/null
  kubeplay_folder=$(mktemp -d -p . ${apartNames.replaceAll("?", "X")}) && kubeplay_down "\${kubeplay_folder#./}" && kubeplay_inside=yes
}
kubeplay_leave() {
  kubeplay_inside=
  cd -P .. && rmdir -- "$kubeplay_folder" && kubeplay_folder=
  set -- $?
  trap - EXIT TERM HUP PIPE
  return $1
}
kubeplay_abandon() {
  [ -z "$kubeplay_inside" ] || { find . -mindepth 1 -delete; cd -P ..; }
  [ -z "$kubeplay_folder" ] || rmdir -- "$kubeplay_folder"
  [ -z "$kubeplay_copy" ] || rm -f -- "./$kubeplay_copy"
} 2>/dev/null
# Sets owners and mode, "" to keep them, of a file by its name: through a second name, if others can swap the first.
kubeplay_permit() {
  kubeplay_file=./$1
  if ! kubeplay_fixed "$1"; then
    kubeplay_apart || return
    ln -P -T -- "../$1" "./$1" || { kubeplay_leave; return 1; }
  fi
  kubeplay_same "$1" "$2" && [ ! -L "$kubeplay_file" ] &&
    { [ -z "$3" ] || chown -h -- "$3" "$kubeplay_file"; } && { [ -z "$4" ] || chmod -- "$4" "$kubeplay_file"; }
  set -- $?
  [ -z "$kubeplay_folder" ] || { rm -f -- "$kubeplay_file"; kubeplay_leave; }
  return $1
}
kubeplay_folder= kubeplay_inside= kubeplay_copy=`;
