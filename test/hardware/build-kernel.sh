#!/bin/bash
# Builds the User-Mode-Linux kernel of the benches from Debian's source, into the file KERNEL. About ten minutes of CPU, 1.5 GB of disk
# meanwhile. The kernel is GPL-2.0: a tool of the tests, never committed, never shipped.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
kernel=${1:?usage: build-kernel.sh KERNEL [FOLDER to build in]}
folder=${2:-$(mktemp -d)}
[ $# -gt 1 ] || trap 'rm -rf "$folder"' EXIT

missing=()
for one in gcc:gcc make:make flex:flex bison:bison bc:bc xz:xz-utils; do
  command -v "${one%%:*}" > /dev/null || missing+=("${one##*:}")
done
[ -e /usr/include/stdio.h ] || missing+=(libc6-dev)
source_of() { find /usr/src -maxdepth 1 -name 'linux-source-*.tar.xz' | sort -V | tail -1; }
[ -n "$(source_of)" ] || missing+=(linux-source)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "the kernel of the benches cannot be built without: ${missing[*]}. Debian: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

mkdir -p "$folder" "$(dirname "$kernel")"
cd "$folder"
tree=$(basename "$(source_of)" .tar.xz)
[ -e "$tree/Makefile" ] || tar xf "$(source_of)"
cd "$tree"
make ARCH=um defconfig
ARCH=um scripts/kconfig/merge_config.sh -m .config "$here/kernel.config"
make ARCH=um olddefconfig
# What the source does not offer, or not under these names, is said here and not by a bench that finds no device.
lacking=$(grep -E '^CONFIG_[A-Z0-9_]+=(y|".*"|[0-9]+)$' "$here/kernel.config" | grep -vxFf .config || true)
if [ -n "$lacking" ]; then
  echo "$tree has not: $lacking" >&2
  exit 1
fi
make ARCH=um -j"$(nproc)" linux
# Whole or not at all: another run may look for it meanwhile.
strip -o "$kernel.$$" linux
mv "$kernel.$$" "$kernel"
