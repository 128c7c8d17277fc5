#!/bin/sh
# Removes the folder of a volume, and nothing that the provisioner did not make.
set -eu
name=${VOL_DIR##*/}
case $name in
  pvc-*_*_*) rm -rf -- "$VOL_DIR" ;;
  *)
    echo "$VOL_DIR is not the folder of a volume: it stays" >&2
    exit 1
    ;;
esac
