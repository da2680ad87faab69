#!/bin/sh
# build.sh ROOM FIELDPOST.deb IMAGE: a card for a box. ROOM is what root.sh made; README.md beside this says what is on the card. Needs what
# root.sh needs, and dosfstools, mtools and fdisk; no loop device. From the environment:
#   FIRMWARE  a folder of a Raspberry Pi's boot files (start4.elf, fixup4.dat, ...), copied to the boot partition
#   BOOT      a folder that is copied there as well: fieldpost.yaml, authorized_keys, fieldpost/
#   DAEMONS   which daemons start (gas uplink)
#   BOOT_MB, STATE_MB  sizes (256, 1024)
set -eu
room=$1 deb=$2 image=$3
here=$(cd "$(dirname "$0")" && pwd)
megabytes() { echo $(($(stat -c %s "$1") / 1048576)); }
boot_mb=${BOOT_MB:-256} state_mb=${STATE_MB:-1024} root_mb=$(megabytes "$room/root.img")
work=$(mktemp -d "$image.XXXXXX")
trap 'rm -rf "$work"' EXIT

card=$work/card
truncate -s "$((1 + boot_mb + root_mb + state_mb))M" "$card"
sfdisk -q "$card" <<TABLE
label: dos
start=1MiB, size=${boot_mb}MiB, type=c, bootable
size=${root_mb}MiB, type=83
size=${state_mb}MiB, type=83
TABLE
lay() { dd if="$1" of="$card" bs=1M seek="$2" conv=notrunc,sparse status=none; }
lay "$room/root.img" $((1 + boot_mb))
mkfs.ext4 -q -L fieldpost-state "$work/state.img" "${state_mb}M"
lay "$work/state.img" $((1 + boot_mb + root_mb))

# The scripts of a package are run by the Debian that it is installed in: in the machine, on the card itself.
mkdir "$work/rig"
install -m 0755 "$here/inside.sh" "$work/rig/run.sh"
cp "$deb" "$work/rig/fieldpost.deb"
cp -r "$here/files" "$work/rig/files"
printf '%s\n' ${DAEMONS:-gas uplink} >"$work/rig/daemons"
tar -C "$work" --owner=0 --group=0 -cf "$work/payload.tar" rig
PART=2 "$here/machine.sh" "$room" "$card" "$work/payload.tar" | tee "$work/said"
grep -q '^rig: done' "$work/said" || { echo 'the card was not made, see above' >&2; exit 1; }

mkdir "$work/pi" "$work/fat"
dd if="$card" of="$work/root.img" bs=1M skip=$((1 + boot_mb)) count="$root_mb" conv=sparse status=none
debugfs -R "rdump /boot $work" "$work/root.img" 2>"$work/said"
kernel=$(find "$work/boot" -name 'vmlinuz-*' | sort -V | tail -n 1)
version=${kernel##*/vmlinuz-}
debugfs -R "rdump /usr/lib/linux-image-$version/broadcom $work/pi" "$work/root.img" 2>"$work/said"
cp "$kernel" "$work/fat/vmlinuz"
cp "$work/boot/initrd.img-$version" "$work/fat/initrd.img"
printf 'arm_64bit=1\nkernel=vmlinuz\ninitramfs initrd.img followkernel\nenable_uart=1\ndtparam=i2c_arm=on\n' >"$work/fat/config.txt"
echo 'console=serial0,115200 console=tty1 root=LABEL=fieldpost-root ro rootwait panic=10' >"$work/fat/cmdline.txt"
cp "$work"/pi/broadcom/bcm2711-*.dtb "$work"/pi/broadcom/bcm2837-*.dtb "$work/fat/"
[ -z "${FIRMWARE:-}" ] || cp -r "$FIRMWARE/." "$work/fat/"
[ -z "${BOOT:-}" ] || cp -r "$BOOT/." "$work/fat/"
mkfs.vfat -n BOOT -C "$work/boot.img" $((boot_mb * 1024)) >"$work/said"
mcopy -s -i "$work/boot.img" "$work/fat"/* ::/
lay "$work/boot.img" 1
mv "$card" "$image"
