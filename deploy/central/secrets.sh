#!/bin/sh
# Makes what compose.yaml asks for in ./secrets, once: passwords, and certificates by `fieldpost pki`. A file that is there is kept.
#   ./secrets.sh SITE HOST      HOST: the name that boxes reach this server by
# Needs fieldpost (FIELDPOST, if it is not on the path) and, to give each file to its only reader, root.
set -eu
site=$1
host=$2
fieldpost=${FIELDPOST:-fieldpost}
umask 077
mkdir -p secrets
cd secrets
# Read by others than their owner: what is in them is in subfolders and files of mode 0600.
chmod 711 .

for name in postgres ledger console dispatch; do
  [ -s "$name-password" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > "$name-password"
done
for name in ledger console dispatch; do
  printf '*:*:*:fieldpost-%s:%s\n' "$name" "$(cat "$name-password")" > "$name.pgpass"
done
[ -s ca/ca.key ] || $fieldpost pki init --authority ca --site "$site"
[ -s broker/server.crt ] || $fieldpost pki server --host "$host" --host broker --authority ca --out broker
[ -s enrol/server.crt ] || $fieldpost pki server --host "$host" --authority ca --out enrol
[ -s console/server.crt ] || $fieldpost pki server --host "$host" --authority ca --out console
[ -s ledger/device.crt ] || $fieldpost pki device ledger --authority ca --out ledger
cp ca/denied.crl broker/denied.crl
# dispatch.yaml, and what it names: tokens, passwords, certificates of TAK servers; each a file of its own, put here by hand.
mkdir -p ways

chmod 755 broker ledger console
chmod 644 broker/*.crt broker/denied.crl ledger/*.crt console/*.crt
if [ "$(id -u)" = 0 ]; then
  chown 10001 ledger.pgpass ledger/device.key
  chown -R 10001 ca enrol
  chown 10002 console.pgpass console/server.key
  chown -R 10005 dispatch.pgpass ways
  chown 10003 broker/server.key
  chown 10004 postgres-password ledger-password console-password dispatch-password
else
  echo 'not root: give each secret to its reader by hand (README.md, Compose)' >&2
fi
