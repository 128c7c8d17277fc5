# Records what the host has before kubeplay changes it, whole or not at all. $folder is where; $parameters is an extended
# regular expression for the names of the kernel's parameters, as paths below /proc/sys.
set -eu
umask 022
rm -rf "$folder.new"
mkdir -p "$folder.new"
cd "$folder.new"
dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p' > packages
getent passwd | cut -d : -f 1 > users
nft list tables > tables 2>/dev/null || :
# A kernel without modules has no list of them.
cut -d " " -f 1 /proc/modules > modules 2>/dev/null || :
for file in hosts hostname fstab; do cat /etc/$file > $file 2>/dev/null || :; done
# One grep for all: the kernel gives a value to one read alone, and a shell reads byte by byte.
cd /proc/sys
# A look into binfmt_misc would mount it.
find . -path ./fs/binfmt_misc -prune -o -type f -perm -u=w -printf '%P\n' 2>/dev/null | grep -E "^($parameters)\$" | sort | tr '\n' '\0' |
  xargs -0 -r grep -sH '' | sed 's/:/\t/' > "$folder.new/sysctl" || :
sync -f "$folder.new"
mv -T "$folder.new" "$folder"
