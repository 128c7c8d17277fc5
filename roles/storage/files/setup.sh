#!/bin/sh
# Makes the folder of a volume. Pods of any user may write to it; on the node itself, only root gets past the folder above.
set -eu
umask 077
mkdir -m 0777 -p "$VOL_DIR"
chmod 0700 "${VOL_DIR%/*}"
