#!/usr/bin/env bash
# A real Dovecot on loopback: IMAP with STARTTLS, IMAPS and LMTP, its own configuration and certificate
# in FOLDER, one mailbox. Login: reports / report-box-pass.
# usage: dovecot.sh start FOLDER IMAP_PORT IMAPS_PORT LMTP_PORT | stop FOLDER
set -euo pipefail
action=$1 folder=$2 imap=${3:-11143} imaps=${4:-11993} lmtp=${5:-11024}

if [ "$action" = stop ]; then
  [ -f "$folder/run/master.pid" ] && kill "$(cat "$folder/run/master.pid")" 2>/dev/null || true
  exit 0
fi

mkdir -p "$folder/mail" "$folder/run"
# Dovecot gives no mailbox to root: as root it belongs to a user that is there for nothing else.
user=$(id -un) group=$(id -gn) extra=
if [ "$(id -u)" -eq 0 ]; then
  user=nobody group=nogroup
else
  extra="default_login_user = $user
default_internal_user = $user
default_internal_group = $group"
fi
chown -R "$user:$group" "$folder/mail"
chmod 755 "$folder"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$folder/key.pem" -out "$folder/cert.pem" -days 2 \
  -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 >/dev/null 2>&1
echo "reports:{PLAIN}report-box-pass::::::" >"$folder/users"
cat >"$folder/dovecot.conf" <<CONF
base_dir = $folder/run
state_dir = $folder/run
log_path = $folder/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <$folder/cert.pem
ssl_key = <$folder/key.pem
disable_plaintext_auth = yes
auth_mechanisms = plain login
mail_location = maildir:$folder/mail/%n
mail_uid = $user
mail_gid = $group
auth_username_format = %Ln
first_valid_uid = 1
first_valid_gid = 1
$extra
passdb {
  driver = passwd-file
  args = $folder/users
}
userdb {
  driver = static
  args = uid=$user gid=$group home=$folder/mail/%n
}
namespace inbox {
  inbox = yes
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $imap
  }
  inet_listener imaps {
    port = $imaps
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = $lmtp
  }
}
service anvil {
  chroot =
}
CONF
"$(command -v dovecot || echo /usr/sbin/dovecot)" -c "$folder/dovecot.conf"
for _ in $(seq 100); do
  if (exec 3<>"/dev/tcp/127.0.0.1/$imap") 2>/dev/null && (exec 3<>"/dev/tcp/127.0.0.1/$lmtp") 2>/dev/null; then
    exit 0
  fi
  sleep 0.1
done
echo "dovecot does not answer; its log:" >&2
cat "$folder/log" >&2
exit 1
