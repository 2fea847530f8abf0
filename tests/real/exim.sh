#!/usr/bin/env bash
# A real Exim on loopback with STARTTLS and login, its own configuration in FOLDER, delivering
# everything into the Maildir FOLDER/mail. Login: watch / not-a-real-secret.
# usage: exim.sh start FOLDER PORT [TLS_PORT] | stop FOLDER
# On TLS_PORT it takes TLS from the first byte.
set -euo pipefail
action=$1 folder=$2 port=${3:-18587} tls_port=${4:-}
exim=$(command -v exim4 || echo /usr/sbin/exim4)

if [ "$action" = stop ]; then
  [ -f "$folder/exim.pid" ] && kill "$(cat "$folder/exim.pid")" 2>/dev/null || true
  exit 0
fi

mkdir -p "$folder/spool" "$folder/log" "$folder/mail"
# Exim never delivers as root, so as root everything belongs to its own user.
user=$(id -un) group=$(id -gn)
if [ "$(id -u)" -eq 0 ]; then
  user=Debian-exim group=Debian-exim
fi
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$folder/key.pem" -out "$folder/cert.pem" -days 2 \
  -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 >/dev/null 2>&1
cat >"$folder/exim.conf" <<CONF
primary_hostname = localhost
local_interfaces = 127.0.0.1
daemon_smtp_ports = $port${tls_port:+ : $tls_port}
tls_on_connect_ports = $tls_port
spool_directory = $folder/spool
log_file_path = $folder/log/%slog
pid_file_path = $folder/exim.pid
exim_user = $user
exim_group = $group
tls_advertise_hosts = *
tls_certificate = $folder/cert.pem
tls_privatekey = $folder/key.pem
# Login is only offered once the line is secret.
auth_advertise_hosts = \${if eq{\$tls_in_cipher}{}{}{*}}
acl_smtp_rcpt = check_recipient
acl_smtp_data = accept_data
message_size_limit = 2M
begin acl
check_recipient:
  deny    message = login first
          !authenticated = *
  deny    message = no such person here
          local_parts = nobody-here
  defer   message = try again later
          local_parts = busy
  accept
accept_data:
  accept
begin routers
everyone:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = $folder/mail
  maildir_format
  envelope_to_add
  delivery_date_add
  user = $user
  group = $group
begin retry
begin rewrite
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{\$auth2}{watch}}{eq{\$auth3}{not-a-real-secret}}}}
  server_set_id = \$auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = \${if and{{eq{\$auth1}{watch}}{eq{\$auth2}{not-a-real-secret}}}}
  server_set_id = \$auth1
CONF
if [ "$(id -u)" -eq 0 ]; then
  chmod 755 "$folder"
  chown -R "$user:$group" "$folder/spool" "$folder/log" "$folder/mail" "$folder/key.pem"
  # Exim trusts only a configuration that root owns, and writes its process id there.
  chown root:root "$folder/exim.conf"
fi
"$exim" -C "$folder/exim.conf" -bd -oP "$folder/exim.pid"
for _ in $(seq 80); do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && exit 0
  sleep 0.1
done
echo "exim did not come up; see $folder/log" >&2
exit 1
