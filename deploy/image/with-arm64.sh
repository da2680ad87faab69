#!/bin/sh
# with-arm64.sh COMMAND...: runs it where programs for arm64 start, by qemu in user mode, on a machine of another processor. Where
# nobody registered qemu with the kernel, it is registered in a namespace of its own and nowhere else: root, Linux 6.7 or later.
set -eu
if [ "$(uname -m)" = aarch64 ] || [ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ]; then exec "$@"; fi
unshare --user true
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
mkfifo "$room/mapped"
# shellcheck disable=SC2016
unshare --user --mount --pid --fork --kill-child sh -euc '
  mapped=$1; shift
  read -r _ <"$mapped"
  exec setpriv --reuid 0 --regid 0 --clear-groups sh -euc "
    mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
    # magic and mask: a 64-bit little-endian ELF file for AArch64, as qemu-user-static has it. F: opened now, found in a chroot as well.
    printf %s \":qemu-aarch64:M::\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00:\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff:$(command -v qemu-aarch64-static):F\" >/proc/sys/fs/binfmt_misc/register
    exec \"\$@\"" sh "$@"
' sh "$room/mapped" "$@" &
child=$!
# Opens only when the other side reads: by then it is in its namespace.
exec 3>"$room/mapped"
echo '0 0 65536' >"/proc/$child/uid_map"
echo '0 0 65536' >"/proc/$child/gid_map"
echo go >&3
exec 3>&-
wait "$child"
