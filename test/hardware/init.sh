#!/bin/bash
# init of the User-Mode-Linux kernel: mounts, the loopback, then the command; its output and exit code go to the host folder OUT=.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmpfs /run
mkdir -p /run/out
out=$(sed -n 's/.*OUT=\([^ ]*\).*/\1/p' /proc/cmdline)
mount -t hostfs none /run/out -o "$out"
ip link set lo up
bash /run/out/command > /run/out/stdout 2> /run/out/stderr
echo $? > /run/out/code
sync
echo o > /proc/sysrq-trigger
sleep 1
