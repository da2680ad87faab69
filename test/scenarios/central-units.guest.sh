# Runs as root in a booted Debian with PostgreSQL, Mosquitto and nothing of Fieldpost but the package, as who sets up a centre by its
# README would: /root/step-N is the N-th block of commands there, as it stands. What it finds out goes into /root/said, a line each.
cd /root
say() { echo "$*" >>/root/said; }
# until_so LIMIT_S COMMAND...
until_so() { local end=$((SECONDS + $1)); shift; until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || return 1; sleep 0.3; done; }
journal() { journalctl --no-pager -o short-monotonic | tail -400 >/root/journal; }
# Nothing after a step that failed is worth its time.
step() {
  bash -eux "/root/step-$1" || { journal; exit 1; }
  say "step-$1" done
}
main_pid() { systemctl show -p MainPID --value "$1"; }
is_another() { local now; now=$(main_pid "$1"); [ "$now" != 0 ] && [ "$now" != "$2" ] && systemctl is-active "$1"; }
active() { systemctl is-active "$@" | xargs; }
in_store() { [ "$(cd / && sudo -u postgres psql -At fieldpost -c "$1")" = "$2" ]; }
alerts="SELECT count(*) FROM alert WHERE id LIKE 'post-1-%'" later="SELECT count(*) FROM alert WHERE id LIKE 'post-2-%'"
# What of its spool the centre has not said it keeps.
waits() { fieldpost doctor --config "/root/site/$1/config" --device "$1" --state "/root/site/$1/state" | grep -o 'gas\.db: .* wait'; }
has_none() { waits "$1" | grep -q ': 0 alert, 0 event, 0 tele wait'; }
# A box with a certificate of this site, whose spool holds alerts.
box() {
  fieldpost pki device "$1" --authority /srv/fieldpost/ca --out "/root/site/$1/state/identity"
  systemd-run -q --unit="box-$1" fieldpost uplink --config "/root/site/$1/config" --device "$1" --state "/root/site/$1/state"
}
page() { curl -sS --tlsv1.3 --cacert /srv/fieldpost/ca/ca.crt -b /root/cookies -c /root/cookies "$@"; }
at=https://hub.example:8480
# Six digits of an authenticator app (RFC 6238) for a secret in base32.
code() {
  local key hash from
  key=$(printf %s "$1" | base32 -d | od -An -tx1 | tr -d ' \n')
  hash=$(printf "$(printf %016x $(($(date +%s) / 30)) | sed 's/../\\x&/g')" | openssl dgst -sha1 -mac HMAC -macopt "hexkey:$key" | sed 's/.* //')
  from=$((16#${hash:39:1} * 2))
  printf %06d $(((16#${hash:from:8} & 0x7fffffff) % 1000000))
}
field() { grep -o "\"$1\":\"[^\"]*\"" | head -1 | cut -d'"' -f4; }
# What the kernel holds a unit's process to: its user, no new rights, a filter of calls, no capabilities; and /etc is closed to root in its view.
held() {
  local pid
  pid=$(main_pid "$1")
  say "held-$1" "$(stat -c %U "/proc/$pid")" "$(sed -n 's/^\(NoNewPrivs\|Seccomp\|CapEff\):\t//p' "/proc/$pid/status" | xargs)" \
    "$(nsenter -t "$pid" -m touch /etc/closed 2>/dev/null && echo open || echo closed)"
}

dpkg -i first.deb && say installed "$(dpkg-query -W -f '${Version}' fieldpost)"
echo "127.0.0.1 hub.example $(hostname)" >>/etc/hosts
until_so 30 test -S /run/postgresql/.s.PGSQL.5432

step 1 && say broker "$(active mosquitto)"
step 2 && say ledgers "$(active fieldpost-ledger@1 fieldpost-ledger@2)"
box post-1
step 3 && say console "$(active fieldpost-console)"
until_so 20 in_store "$alerts" 3 && until_so 20 has_none post-1 && say kept

# The page by TLS, for nobody without a login; then the first supervisor's.
until_so 20 page -f "$at/health"
say page "$(page -o /dev/null -w '%{http_code} %{ssl_verify_result}' "$at/")" "$(page -o /dev/null -w '%{http_code}' "$at/api/state")" \
  "$(curl -s -o /dev/null -w '%{http_code}' http://hub.example:8480/)" "$(curl -s -o /dev/null --tls-max 1.2 --cacert /srv/fieldpost/ca/ca.crt "$at/"; echo $?)"
link=$(journalctl -u fieldpost-console --no-pager -o cat | grep -o 'first=.*' | head -1 | cut -d= -f2)
json='content-type: application/json'
secret=$(page -H "$json" -d "{\"link\":\"$link\"}" "$at/api/first/look" | field secret)
csrf=$(page -H "$json" -d "{\"link\":\"$link\",\"password\":\"heron walks over wet slate\",\"code\":\"$(code "$secret")\"}" "$at/api/first" | field csrf)
seen() { page "$at/api/state" | grep -o '"id":"post-[0-9]-[0-9]*"' | sort -u | wc -l; }
# Alerts are shown to who has said what for.
page -H "$json" -H "fieldpost-csrf: $csrf" -d '{"text":"shift","case":"C-1"}' "$at/api/purpose"
sees() { [ "$(seen)" = "$1" ]; }
until_so 20 sees 3
say seen "$(seen)" "$(stat -c '%U %a' /var/lib/fieldpost-console/totp.key)"
say acknowledged "$(page -X POST -H "$json" -H "fieldpost-csrf: $csrf" -d '{}' -o /root/answer -w '%{http_code}' "$at/api/alerts/post-1-0/acknowledge")"
cat /root/answer

step 4 && say renewal "$(active fieldpost-enrol fieldpost-tend)"
# A certificate of the centre that has ended is renewed; a box that is denied is in the broker's list, and the broker was restarted for it.
broker=$(main_pid mosquitto)
rm -r /etc/fieldpost/ledger-2 && fieldpost pki device ledger-2 --days 0 --authority /srv/fieldpost/ca --out /etc/fieldpost/ledger-2
chown -R fieldpost-ledger /etc/fieldpost/ledger-2
sudo -u fieldpost-enrol fieldpost pki deny post-1 --authority /srv/fieldpost/ca --why stolen && systemctl restart fieldpost-tend
lists_one() { openssl crl -in /etc/mosquitto/fieldpost/denied.crl -noout -text | grep -q 'Serial Number'; }
renewed() { openssl x509 -in /etc/fieldpost/ledger-2/device.crt -noout -checkend 86400; }
until_so 20 renewed && say renewed "$(stat -c '%U %a' /etc/fieldpost/ledger-2/device.key)"
until_so 20 is_another mosquitto "$broker" && lists_one && say denied "$(curl -s -o /dev/null -w '%{http_code}' --cacert /srv/fieldpost/ca/ca.crt https://hub.example:8443/v1/denied.crl)"

printf '#!/bin/sh\nexec cp /root/dispatch.yaml "$1"\n' >/usr/local/bin/editor && chmod 755 /usr/local/bin/editor
step 5 && say dispatch "$(active fieldpost-dispatch)"

for unit in fieldpost-console fieldpost-ledger@1 fieldpost-dispatch fieldpost-enrol fieldpost-tend; do
  held $unit
  say "exposure-$unit" "$(systemd-analyze security --no-pager $unit | sed -n 's/.*exposure level for .*: \([0-9.]* [A-Z]*\).*/\1/p')"
done

# As an operator restarts them, and then as a kernel without memory ends them.
units='fieldpost-console fieldpost-ledger@1 fieldpost-ledger@2 fieldpost-enrol fieldpost-tend fieldpost-dispatch'
systemctl restart $units && say restarted "$(active $units)"
for unit in fieldpost-console fieldpost-ledger@1; do
  pid=$(main_pid $unit)
  kill -9 "$pid"
  until_so 30 is_another $unit "$pid" && say "killed-$unit" "$(systemctl show -p NRestarts --value $unit)"
done
box post-2
until_so 30 in_store "$later" 3 && until_so 20 has_none post-2 && say later
# The session holds over all of this.
until_so 20 sees 6 && say still
# Each alert of both boxes was told, in its place.
told() { [ "$(ls /var/lib/fieldpost-dispatch/cap | wc -l)" -ge 6 ]; }
until_so 20 told && say cap "$(stat -c '%U %a' /var/lib/fieldpost-dispatch)"
# As a server that is switched off ends them: of themselves, none by force.
systemctl stop $units
say stopped "$(journalctl --no-pager -o cat -u 'fieldpost-*' | grep -c 'timed out\|SIGKILL')"
say failed "$(systemctl --failed --plain --no-legend | awk '{print $1}' | xargs)"
journal
