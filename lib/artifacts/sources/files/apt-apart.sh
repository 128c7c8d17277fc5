# Defines `apt`, which has its own lists and settings and knows no installed packages, and reads the lists. The machine's
# stay unchanged, and may be for another release. Needs $root, a folder, $source, a line of sources.list, and $architecture.

mkdir -p "$root/lists/partial" "$root/archives/partial" "$root/etc"
: > "$root/status"
echo "$source" > "$root/etc/sources.list"
apt() {
  apt-get -q -o Dir::Etc::sourcelist="$root/etc/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$root/lists" \
    -o Dir::State::status="$root/status" -o Dir::Cache="$root" -o Dir::Cache::archives="$root/archives" \
    -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" -o APT::Sandbox::User=root \
    -o Acquire::Languages=none -o Acquire::Retries=3 "$@" >&2
}
apt update
