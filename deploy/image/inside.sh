#!/bin/sh
# Runs as root in the Debian of the card, which is writable this once: build.sh starts it in the emulated machine.
set -eu
export PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C
mkdir -p /state /boot/firmware
mount LABEL=fieldpost-state /state
dpkg -i /rig/fieldpost.deb
cp -r --no-preserve=ownership /rig/files/. /

# No password opens any account; a key that somebody laid on the boot partition does.
sed -i 's/^\([^:]*\):[^:]*:/\1:*:/' /etc/shadow
# Two boxes never have the same host key or machine id. Empty: systemd makes an id for each start, in memory.
rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id
: >/etc/machine-id
echo fieldpost >/etc/hostname
ln -sf /run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
while read -r daemon; do systemctl enable "fieldpost@$daemon"; done </rig/daemons
systemctl enable systemd-networkd systemd-resolved systemd-timesyncd fieldpost-boot-files
# What Debian does by itself each day writes to the root, or needs a network.
systemctl mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer

# What is written goes to the partition of the state; fstab binds it where it belongs.
for pair in var/lib/fieldpost:fieldpost var/lib/fieldpost-models:models etc/fieldpost:config var/lib/fieldpost-agent:agent var/lib/systemd:systemd; do
  mkdir -p "/${pair%%:*}"
  cp -a "/${pair%%:*}" "/state/${pair##*:}"
done
mkdir -m 700 /state/ssh
umount /state
