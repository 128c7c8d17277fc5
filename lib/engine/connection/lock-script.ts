import { quote } from "../shell/quote.ts";

/** Seconds without a heartbeat after which a lock ends: its holder was killed, or the network is gone. */
export const lockPatience = 45;

/** Seconds between two checks whether the lock has become free. */
const look = 1;

/**
 * The program that holds a lock for as long as it runs. The first line of its input names the holder. While another run
 * has the lock, it prints "held" and that run's holder, then "taken". After that it needs a dot now and then, and it
 * ends with its input.
 *
 * The lock is an flock(1) lock on an open file: the kernel releases it with the process, however that ends. Child
 * processes do not inherit the file, or a leftover child would keep the lock.
 */
export const lockScript = (file?: string): string => `
umask 077
IFS= read -r who || exit 1
command -v flock >/dev/null || { echo 'flock is not installed; it is part of util-linux' >&2; exit 1; }
${file === undefined ? usualPlace : `file=${quote(file)}; mkdir -p "\${file%/*}" || exit 1`}
exec 9>>"$file" || exit 1
until flock -n 9 || { printf 'held %s\\n' "$(head -n 1 "$file")" || exit 1; flock -w ${String(look)} 9; }; do :; done
printf '%s\\n' "$who" > "$file"
echo taken
while [ "$(timeout ${String(lockPatience)} head -c 1 9>&-)" = . ]; do :; done
: > "$file"
`;

/**
 * In a folder that only the user can enter: if everyone could open the lock file, anyone could block all others.
 * Gone with the next boot.
 */
const usualPlace = `
if [ "$(id -u)" = 0 ]; then folder=/run/kubeplay
else folder=/run/lock/kubeplay-$(id -u); [ -w /run/lock ] || folder=/tmp/kubeplay-$(id -u); fi
mkdir -p "$folder" || exit 1
[ -O "$folder" ] && [ ! -L "$folder" ] || { echo "$folder belongs to another user" >&2; exit 1; }
file=$folder/lock`;
