# Runs as root in a booted Debian, as a technician would who has nothing but the package. What it finds out goes into /root/said, a
# line each; the test asserts on those. A step that waits in vain leaves its line out.
cd /root
say() { echo "$*" >>/root/said; }
# until_so LIMIT_S COMMAND...
until_so() { local left=$1; shift; until "$@" >/dev/null 2>&1; do left=$((left - 1)); [ $left -gt 0 ] || return 1; sleep 1; done; }
main_pid() { systemctl show -p MainPID --value "fieldpost@$1"; }
is_another() { local now; now=$(main_pid "$1"); [ "$now" != 0 ] && [ "$now" != "$2" ]; }
logged() { journalctl -u "$1" --no-pager | grep -q "$2"; }

dpkg -i first.deb && say installed "$(dpkg-query -W -f '${Version}' fieldpost)"
say version "$(fieldpost --version)"

cp /usr/lib/fieldpost/firmware-configs/devices/post-1.yaml /etc/fieldpost/devices/
cp /usr/lib/fieldpost/firmware-configs/boards/sim-gas-8.yaml /etc/fieldpost/boards/
echo DEVICE=post-1 >/etc/fieldpost/box.env
say check "$(fieldpost check)"

# The instruments are simulated; each says where it listens when it does.
start_ms=$(date +%s000)
simulate() {
  systemd-run -q --unit="simulated-$1" sh -c \
    "sleep infinity | fieldpost instrument $1 '{\"seed\":1,\"startMs\":$start_ms,\"port\":$2}'"
}
simulate i2c-bus 4801; simulate modbus-tcp 4802; simulate winsen 4804
systemd-run -q --unit=centre-broker fieldpost broker --port 1883
systemd-run -q --unit=centre-ledger fieldpost ledger --broker mqtt://127.0.0.1:1883 --records /root/central.db
# A watchdog that a test can wait for.
mkdir -p /run/systemd/system/fieldpost@gas.service.d
printf '[Service]\nWatchdogSec=30\nTimeoutAbortSec=2\n' >/run/systemd/system/fieldpost@gas.service.d/soon.conf
systemctl daemon-reload
systemctl enable -q --now fieldpost@gas fieldpost@uplink && say enabled "$(systemctl is-active fieldpost@gas fieldpost@uplink | xargs)"
until_so 120 logged fieldpost@gas measuring && say measuring
until_so 120 logged fieldpost@uplink 'connected to the broker' && say connected
pid=$(main_pid gas)
say as "$(stat -c %U /proc/$pid)" "$(cat /proc/$pid/status | sed -n 's/^NoNewPrivs:\t//p')"

kill -STOP "$pid"
until_so 120 is_another gas "$pid" && say watchdog "$(journalctl -u fieldpost@gas --no-pager | grep -c 'Watchdog timeout')"
until_so 120 systemctl is-active fieldpost@gas && say again

echo '# changed by a technician' >>/etc/fieldpost/profiles/gas-vapour.yaml
pid=$(main_pid gas)
dpkg -i second.deb && say upgraded "$(dpkg-query -W -f '${Version}' fieldpost)"
until_so 120 is_another gas "$pid" && say restarted "$(systemctl is-active fieldpost@gas fieldpost@uplink | xargs)"
say kept "$(tail -1 /etc/fieldpost/profiles/gas-vapour.yaml)" "$(cat /etc/fieldpost/box.env)"
until_so 120 test -s /root/central.db && say ledger
systemctl stop centre-ledger centre-broker 'simulated-*'

dpkg -r fieldpost && say removed "$(systemctl is-active fieldpost@gas fieldpost@uplink | xargs)" "$(stat -c %U /proc/[0-9]* 2>/dev/null | grep -c '^fieldpost$')"
say left "$(ls -d /etc/fieldpost /var/lib/fieldpost/spool /usr/lib/fieldpost 2>/dev/null | xargs)"
dpkg -P fieldpost && say purged "$(find /etc /usr /var/lib /run -xdev -name '*fieldpost*' -not -path '/run/systemd/*' | xargs)"
journalctl --no-pager -o short-monotonic | tail -300 >/root/journal
