#!/bin/sh
# PostgreSQL of compose.yaml. At the first start it lays the cluster, three logins and a database; passwords come from files, and there
# is no default. A first start that was cut off begins anew: the cluster gets its place when it is whole.
set -eu
bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/postgres | tail -n 1)")

password() {
  word=$(cat "$SECRETS/$1")
  case $word in
    '' | *[!A-Za-z0-9]*) echo "$SECRETS/$1: must hold letters and digits alone; secrets.sh makes it" >&2; exit 2 ;;
  esac
  printf %s "$word"
}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  ledger=$(password ledger-password)
  console=$(password console-password)
  dispatch=$(password dispatch-password)
  password postgres-password > /dev/null
  rm -rf "$PGDATA.new"
  "$bin/initdb" -D "$PGDATA.new" -U postgres --encoding=UTF8 --locale=C --pwfile="$SECRETS/postgres-password" \
    --auth-local=scram-sha-256 --auth-host=reject > /dev/null
  "$bin/postgres" --single -D "$PGDATA.new" postgres > /dev/null << END
CREATE ROLE "fieldpost-ledger" LOGIN PASSWORD '$ledger';
CREATE ROLE "fieldpost-console" LOGIN PASSWORD '$console';
CREATE ROLE "fieldpost-dispatch" LOGIN PASSWORD '$dispatch';
CREATE DATABASE fieldpost OWNER "fieldpost-ledger" ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE fieldpost FROM PUBLIC;
GRANT CONNECT ON DATABASE fieldpost TO "fieldpost-console", "fieldpost-dispatch";
END
  echo "include = '$SETTINGS'" >> "$PGDATA.new/postgresql.conf"
  mv "$PGDATA.new" "$PGDATA"
fi
exec "$bin/postgres" -D "$PGDATA" -c listen_addresses= -c "unix_socket_directories=$SOCKETS"
