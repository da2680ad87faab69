#!/bin/sh
# Writes users.conf for nats.conf: `users.sh SITE LEDGERS BOXES [CONSOLES] > users.conf`; all but SITE are files, one name a line.
# A console needs a name here only to say commands to boxes (docks).
# SITE is the organisation in the certificates (fieldpost pki init --site SITE). Then `nats-server --signal reload`.
set -eu
site=$1 ledgers=$2 boxes=$3 consoles=${4:-/dev/null}
# $MQTT.sub: where the server itself delivers QoS 1 to a connection; each has an unguessable name below it.
echo 'users: ['
while read -r name; do
  [ -n "$name" ] || continue
  printf '  { user: "CN=%s,O=%s", permissions: { publish: ["fieldpost.v1.*.*.receipt"], ' "$name" "$site"
  # shellcheck disable=SC2016
  printf 'subscribe: ["fieldpost.v1.>", "$MQTT.sub.>"] } }\n'
done < "$ledgers"
while read -r name; do
  [ -n "$name" ] || continue
  printf '  { user: "CN=%s,O=%s", permissions: { publish: [' "$name" "$site"
  sep=''
  for kind in birth status alert event tele reply twin.reported twin.health head.\*; do
    printf '%s"fieldpost.v1.*.%s.%s"' "$sep" "$name" "$kind"
    sep=', '
  done
  # shellcheck disable=SC2016
  printf '], subscribe: ["fieldpost.v1.*.%s.receipt", "fieldpost.v1.*.%s.cmd", "fieldpost.v1.*.%s.twin.desired", "$MQTT.sub.>"] } }\n' \
    "$name" "$name" "$name"
done < "$boxes"
while read -r name; do
  [ -n "$name" ] || continue
  printf '  { user: "CN=%s,O=%s", permissions: { publish: ["fieldpost.v1.*.*.cmd"], subscribe: [] } }\n' "$name" "$site"
done < "$consoles"
echo ']'
