import { quote } from "../shell/quote.ts";

/** Seconds without a sign of life after which a lock ends by itself: its holder was killed, or the network is gone. */
export const lockPatience = 45;

/** Seconds between two looks whether a lock that another holds has come free. */
const look = 1;

/**
 * The program that holds a lock as long as it runs, spoken with in lines. It reads who wants the lock; it says "held" and by
 * whom while another has it, then "taken"; from then on it wants a dot now and then, and ends with its input.
 *
 * The lock is flock's, on an open file: the kernel takes it away with the process, whatever the process died of. What the
 * program starts does not get that file, or a leftover child would go on holding it.
 */
export const lockScript = (file?: string): string => `
umask 077
IFS= read -r who || exit 1
command -v flock >/dev/null || { echo 'there is no flock here; it comes with util-linux' >&2; exit 1; }
${file === undefined ? usualPlace : `file=${quote(file)}; mkdir -p "\${file%/*}" || exit 1`}
exec 9>>"$file" || exit 1
until flock -n 9 || { printf 'held %s\\n' "$(head -n 1 "$file")" || exit 1; flock -w ${String(look)} 9; }; do :; done
printf '%s\\n' "$who" > "$file"
echo taken
while [ "$(timeout ${String(lockPatience)} head -c 1 9>&-)" = . ]; do :; done
: > "$file"
`;

/**
 * In a folder where nobody but the user can be: with a lock that everybody may open, anybody could keep all others out.
 * Gone with the next boot.
 */
const usualPlace = `
if [ "$(id -u)" = 0 ]; then folder=/run/kubeplay
else folder=/run/lock/kubeplay-$(id -u); [ -w /run/lock ] || folder=/tmp/kubeplay-$(id -u); fi
mkdir -p "$folder" || exit 1
[ -O "$folder" ] && [ ! -L "$folder" ] || { echo "$folder belongs to somebody else" >&2; exit 1; }
file=$folder/lock`;
