#!/bin/sh
# root.sh ROOM [MIRROR]: a plain Debian bookworm for arm64 as ROOM/root.img (ext4), with ROOM/vmlinuz and ROOM/initrd to start it in an
# emulated machine (machine.sh). Needs root, debootstrap, e2fsprogs, cpio, and on another processor qemu-user-static. Ten minutes or more,
# and 5 GB meanwhile. ROOT_MB: its size (2048).
set -eu
room=$1 mirror=${2:-http://deb.debian.org/debian}
here=$(cd "$(dirname "$0")" && pwd)
packages=systemd,systemd-sysv,systemd-resolved,systemd-timesyncd,dbus,udev,kmod,libstdc++6,libgcc-s1,openssh-server
packages=$packages,linux-image-arm64,initramfs-tools,zstd,dosfstools,busybox-static
mkdir -p "$room"
work=$(mktemp -d "$room/making.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
debootstrap --foreign --arch=arm64 --variant=minbase --include="$packages" bookworm "$root" "$mirror"

# What starts the machine: its kernel, and busybox with the modules of a disk of qemu's, in the order in which they need each other.
archives=$root/var/cache/apt/archives
for name in "$archives"/linux-image-[0-9]*.deb; do dpkg-deb -x "$name" "$work/kernel"; done
for name in "$archives"/busybox-static_*.deb; do dpkg-deb -x "$name" "$work/busybox"; done
mkdir -p "$work/initrd/bin" "$work/initrd/modules"
cp "$work/busybox/bin/busybox" "$work/initrd/bin/"
install -m 0755 "$here/init" "$work/initrd/init"
for module in virtio virtio_ring virtio_mmio virtio_blk crc16 mbcache jbd2 crc32c_generic ext4; do
  # One that is not there is built into the kernel.
  file=$(find "$work/kernel" -name "$module.ko")
  [ -z "$file" ] || { cp "$file" "$work/initrd/modules/" && echo "$module.ko" >>"$work/initrd/modules/order"; }
done
(cd "$work/initrd" && find . | cpio --quiet -o -H newc -R 0:0 | gzip -9) >"$work/initrd.gz"
cp "$work"/kernel/boot/vmlinuz-* "$work/vmlinuz"
mv "$work/initrd.gz" "$work/initrd.img"
rm -rf "$work/initrd" && mv "$work/initrd.img" "$work/initrd"

# A faster initrd of Debian's own: packing it hard takes an emulated processor minutes. And a root that nobody starts yet need not be flushed
# file by file.
mkdir -p "$root/etc/initramfs-tools/conf.d" "$root/etc/dpkg/dpkg.cfg.d"
printf 'COMPRESS=zstd\nCOMPRESSLEVEL=1\n' >"$root/etc/initramfs-tools/conf.d/box"
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/root"
# In a namespace no device may be made: the first half made them. Under this name debootstrap does not try.
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
container=lxc "$here/with-arm64.sh" chroot "$root" /debootstrap/debootstrap --second-stage </dev/null ||
  { tail -n 40 "$root/debootstrap/debootstrap.log" >&2; exit 1; }
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root/etc/dpkg/dpkg.cfg.d/root"
chmod 755 "$root"
mkfs.ext4 -q -L fieldpost-root -d "$root" "$work/root.img" "${ROOT_MB:-2048}M"
for name in vmlinuz initrd root.img; do mv "$work/$name" "$room/$name"; done
