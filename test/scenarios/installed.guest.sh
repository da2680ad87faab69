# Runs as root in a booted Debian, as a technician would who has nothing but the package. What it finds out goes into /root/said, a
# line each; the test asserts on those. A step that waits in vain leaves its line out.
# guest.sh WALK TIMES: WALK is whole or short; every wait may take TIMES as long, for an emulated processor.
walk=$1 times=$2
# systemctl gives an answer up after 25 s, and an emulated processor on a loaded machine was slower (daemon-reload).
export SYSTEMD_BUS_TIMEOUT=$((60 * times))
cd /root
say() { echo "$*" >>/root/said; }
# until_so LIMIT_S COMMAND...
until_so() { local end=$((SECONDS + $1 * times)); shift; until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || return 1; sleep 1; done; }
main_pid() { systemctl show -p MainPID --value "fieldpost@$1"; }
is_another() { local now; now=$(main_pid "$1"); [ "$now" != 0 ] && [ "$now" != "$2" ]; }
logged() { journalctl -u "$1" --no-pager | grep -q "$2"; }
measures_as() { journalctl "_PID=$(main_pid gas)" --no-pager | grep -q measuring; }
runs() { systemctl is-active fieldpost@gas fieldpost@uplink | xargs; }
# What waits in the spool of the gas daemon, as the doctor says it.
waits() { fieldpost doctor --config /etc/fieldpost --device post-1 --state /var/lib/fieldpost | grep -o 'gas\.db: .* wait'; }
waits_more() { [ "$(waits)" != "$1" ]; }
has_none() { waits | grep -q ': 0 alert, 0 event, 0 tele wait'; }

dpkg -i first.deb && say installed "$(dpkg-query -W -f '${Version}' fieldpost)"
say version "$(fieldpost --version)"

# The instruments are simulated; each says where it listens when it does.
start_ms=$(date +%s000)
simulate() {
  systemd-run -q --unit="simulated-$2" sh -c \
    "sleep infinity | fieldpost instrument $1 '{\"seed\":1,\"startMs\":$start_ms,\"port\":$2}'"
}
# A name for each start: what was stopped may stay loaded for a while, and a transient unit cannot be made twice.
brokers=0
broker() { brokers=$((brokers + 1)); systemd-run -q --unit="centre-broker-$brokers" fieldpost broker --port 1883; }
simulate i2c-bus 4801; simulate modbus-tcp 4802; simulate modbus-tcp 4803; simulate winsen 4804
broker
systemd-run -q --unit=centre-ledger fieldpost ledger --broker mqtt://127.0.0.1:1883 --records /root/central.db
# A watchdog that a test can wait for.
mkdir -p /run/systemd/system/fieldpost@.service.d
printf '[Service]\nWatchdogSec=%s\nTimeoutAbortSec=2\nTimeoutStartSec=%s\n' $((30 * times)) $((180 * times)) >/run/systemd/system/fieldpost@.service.d/soon.conf
systemctl daemon-reload

if [ "$walk" = whole ]; then
  cp /usr/lib/fieldpost/firmware-configs/devices/post-1.yaml /etc/fieldpost/devices/
  cp /usr/lib/fieldpost/firmware-configs/boards/sim-gas-8.yaml /etc/fieldpost/boards/
  echo DEVICE=post-1 >/etc/fieldpost/box.env
  systemctl enable -q --now fieldpost@gas fieldpost@uplink && say enabled "$(runs)"
else
  # A box without a screen: a centre that knows boards and profiles, and a token in a file on the boot partition.
  fieldpost pki init --authority ca --site demo && fieldpost pki server --host 127.0.0.1 --authority ca --out enrol
  cp -r /usr/lib/fieldpost/firmware-configs git && rm -r git/devices
  fieldpost release init --folder fleet --site demo
  systemd-run -q --unit=centre-enrol fieldpost enrol --authority /root/ca --identity /root/enrol --config /root/git --fleet /root/fleet
  for port in 4801 4802 4803 4804 8443; do until_so 120 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"; done
  order=/boot/firmware/fieldpost.yaml
  mkdir -p /boot/firmware
  token=$(fieldpost token post-1 --authority ca --enrol https://127.0.0.1:8443 | head -1)
  printf 'token: %s\nprofile: gas-vapour\nwhere: { lat: 44.5, lon: 73.4, ceM: 5 }\n' "$token" >$order
  systemctl start fieldpost-provision && say enabled "$(runs)"
  say green "$(grep -c '^GREEN post-1' $order.said.txt)" "$(grep -c fp1 $order)" "$(stat -c '%U %a' /var/lib/fieldpost/identity/device.key)"
fi
say check "$(fieldpost check)"
until_so 120 logged fieldpost@gas measuring && say measuring
until_so 120 logged fieldpost@uplink 'connected to the broker' && say connected
pid=$(main_pid gas)
say as "$(stat -c %U /proc/$pid)" "$(cat /proc/$pid/status | sed -n 's/^NoNewPrivs:\t//p')"

if [ "$walk" = short ]; then
  # What the centre wants this box to be: a change that holds, one that kills a daemon, and another program.
  twin() { local verb=$1; shift; fieldpost twin "$verb" "$@" --site demo --device post-1 --broker mqtt://127.0.0.1:1883; }
  is_as_told() { twin show --json >/root/shown && grep -q '"phase":"in-force"' /root/shown; }
  is_reverted() { twin show --json >/root/shown; grep -q "\"desired\":$1,\"phase\":\"reverted\"" /root/shown; }
  # told VERSION PROFILE MORE
  told() {
    printf 'version: %s\nby: op-1\nfiles: { profiles/gas-vapour.yaml: %s }\ntrial: { steadyS: 3, withinS: %s }\n%s\n' \
      "$1" "$2" $((90 * times)) "$3" >wanted.yaml
    echo 'override: { reason: a plume is simulated, gates: [alert] }' >>wanted.yaml
    twin set wanted.yaml --key fleet/keys/operator.key
  }
  in_force() { readlink /var/lib/fieldpost-agent/current | sed 's/-.*//'; }
  until_so 120 systemctl is-active fieldpost@agent && say agent "$(stat -c %U /proc/$(main_pid agent))"
  cp /etc/fieldpost/profiles/gas-vapour.yaml mended.yaml
  printf 'agent: { repository: "https://127.0.0.1:8443/v1/fleet" }\n' >>mended.yaml
  # fieldpost check takes any address of a broker; the uplink does not, and ends.
  sed 's/127.0.0.1:1883/192.0.2.1:1883/' mended.yaml >bad.yaml
  told 1 mended.yaml && until_so 180 is_as_told && say applied "$(in_force)" "$(tr '\0' ' ' </proc/$(main_pid gas)/cmdline | grep -c generations/d1)"
  told 2 bad.yaml && until_so 180 is_reverted 2 && say reverted "$(in_force)" "$(runs)"
  mkdir -p later/DEBIAN later/usr/lib/fieldpost
  printf 'Package: fieldpost\nVersion: 0.1.1\nArchitecture: %s\nMaintainer: nobody <n@localhost>\nDescription: later\n' "$(dpkg --print-architecture)" >later/DEBIAN/control
  printf '#!/bin/sh\n[ "$1" = --version ] && { echo 0.1.1; exit; }\nexport WALK=later\nexec /usr/bin/fieldpost "$@"\n' >later/usr/lib/fieldpost/fieldpost
  chmod 755 later/usr/lib/fieldpost/fieldpost
  dpkg-deb -Zgzip -b later later.deb && fieldpost release add later.deb --folder fleet && fieldpost release sign --folder fleet
  told 3 mended.yaml 'executable: 0.1.1' && until_so 240 is_as_told && say released "$(in_force)" "$(runs)" \
    "$(for one in gas uplink agent; do tr '\0' '\n' </proc/$(main_pid $one)/environ | grep -c WALK=later; done | xargs)"
  say owns "$(stat -c '%U %a' /var/lib/fieldpost-agent)" "$(setpriv --reuid fieldpost --clear-groups touch /var/lib/fieldpost-agent/x 2>/dev/null; echo $?)"
  twin show
fi

if [ "$walk" = whole ]; then
  kill -STOP "$pid"
  until_so 120 is_another gas "$pid" && say watchdog "$(journalctl -u fieldpost@gas --no-pager | grep -c 'Watchdog timeout')"
  until_so 120 systemctl is-active fieldpost@gas && say again

  # Of the configuration one file is changed here, one by the newer package, one by both.
  for name in gas-vapour checkpoint; do echo '# changed by a technician' >>/etc/fieldpost/profiles/$name.yaml; done
  # What is kept from now on must wait in the spool until the broker is back.
  systemctl stop "centre-broker-$brokers"
  pid=$(main_pid gas)
  # A file that both changed makes dpkg ask; without a terminal the answer is given beforehand.
  dpkg --force-confold -i second.deb </dev/null && say upgraded "$(dpkg-query -W -f '${Version}' fieldpost)"
  until_so 120 is_another gas "$pid" && until_so 120 measures_as && say restarted "$(runs)"
  say kept "$(tail -1 /etc/fieldpost/profiles/gas-vapour.yaml)" "$(cat /etc/fieldpost/box.env)"
  say both "$(tail -1 /etc/fieldpost/profiles/checkpoint.yaml)" "$(tail -1 /etc/fieldpost/profiles/checkpoint.yaml.dpkg-dist)"
  say default "$(tail -1 /etc/fieldpost/profiles/crop-plot.yaml)"
  since=$(date +%s%3N) before=$(waits)
  until_so 120 waits_more "$before" && say newer "$since" "$(date +%s%3N)"

  pid=$(main_pid gas)
  dpkg --force-confold -i first.deb </dev/null && say back "$(dpkg-query -W -f '${Version}' fieldpost)"
  until_so 120 is_another gas "$pid" && until_so 120 measures_as && say older "$(runs)"
  say still "$(tail -1 /etc/fieldpost/profiles/gas-vapour.yaml)" "$(cat /etc/fieldpost/box.env)"
  broker
  systemctl stop fieldpost@gas
  until_so 120 has_none && say delivered
fi

until_so 120 test -s /root/central.db && say ledger
systemctl stop centre-ledger "centre-broker-$brokers" 'simulated-*'
if [ "$walk" = short ]; then
  fieldpost decommission post-2; say another $?
  fieldpost decommission post-1 --lose && say wiped "$(ls -A /var/lib/fieldpost | wc -l)" "$(runs)" "$(grep ^DEVICE= /etc/fieldpost/box.env)"
fi

dpkg -r fieldpost && say removed "$(runs)" "$(stat -c %U /proc/[0-9]* 2>/dev/null | grep -c '^fieldpost$')"
say left "$(ls -d /etc/fieldpost /var/lib/fieldpost/spool /usr/lib/fieldpost 2>/dev/null | xargs)"
dpkg -P fieldpost && say purged "$(find /etc /usr /var/lib /run -xdev -name '*fieldpost*' -not -path '/run/systemd/*' -not -path '/run/udev/*' | xargs)"
journalctl --no-pager -o short-monotonic | tail -400 >/root/journal
