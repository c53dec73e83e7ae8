#!/usr/bin/env bash
# Makes the secrets of compose.yaml, each as a file in deploy/compose/secrets (or in the folder that is named), and keeps those that are there.
# The files are readable, because containers read them under numbers of their own; the folder is its owner's alone, and that is what protects them.
set -euo pipefail
folder=${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/secrets}
umask 077
mkdir -p "$folder/tls"
chmod 700 "$folder"
chmod 755 "$folder/tls"

# keep <name> <content>: writes it whole or not at all, and never over another.
keep() {
    [[ ! -e $folder/$1 ]] || return 0
    printf '%s\n' "$2" >"$folder/.$1.new"
    chmod 444 "$folder/.$1.new"
    mv --no-clobber "$folder/.$1.new" "$folder/$1"
    echo "made $1"
}
word() { openssl rand -hex 32; }

keep master_key "$(openssl rand -base64 32)"
keep jwt_secret "$(openssl rand -base64 48)"
keep database_password "$(word)"
keep database_url "postgresql://metabuilder:$(<"$folder/database_password")@database:5432/metabuilder"
keep redis_password "$(word)"
keep redis_conf "requirepass $(<"$folder/redis_password")"
keep redis_url "redis://:$(<"$folder/redis_password")@memory:6379/0"
[[ -e $folder/smtp_password ]] || echo "put the password of the mail server into $folder/smtp_password (mode 0444)"
[[ -e $folder/tls/fullchain.pem ]] || echo "put certificate and key into $folder/tls/fullchain.pem and privkey.pem (mode 0444)"
