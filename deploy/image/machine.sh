#!/bin/sh
# machine.sh ROOM DISK [PAYLOAD.tar]: starts DISK in an emulated arm64 machine (qemu's `virt`, no Raspberry Pi) with the kernel that root.sh
# laid into ROOM. Its serial line is the output. From the environment:
#   PART       the partition of DISK that is the root; none: all of it
#   NETWORK    yes: a wire to this machine, which it sees at 10.0.2.2
#   MEMORY_MB  (1024)
#   KERNEL, INITRD, APPEND  others than those of ROOM, and what the kernel is told then
set -eu
room=$1 disk=$2 payload=${3:-}
set -- -M virt -smp 2 -m "${MEMORY_MB:-1024}" -display none -serial stdio -monitor none -no-reboot
# Where the processor is of that kind anyway, its own speed.
if [ -w /dev/kvm ] && [ "$(uname -m)" = aarch64 ]; then set -- "$@" -cpu host -accel kvm; else set -- "$@" -cpu cortex-a72 -accel tcg,thread=multi; fi
set -- "$@" -kernel "${KERNEL:-$room/vmlinuz}" -initrd "${INITRD:-$room/initrd}" \
  -append "console=ttyAMA0 panic=-1 ${APPEND:-${PART:+rig.part=$PART}}" \
  -drive "if=none,id=disk,format=raw,cache=unsafe,file=$disk" -device virtio-blk-device,drive=disk,serial=disk
[ -z "$payload" ] ||
  set -- "$@" -drive "if=none,id=payload,format=raw,readonly=on,file=$payload" -device virtio-blk-device,drive=payload,serial=payload
if [ "${NETWORK:-no}" = yes ]; then set -- "$@" -netdev user,id=wire -device virtio-net-device,netdev=wire; else set -- "$@" -nic none; fi
exec qemu-system-aarch64 "$@" </dev/null
