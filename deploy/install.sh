#!/usr/bin/env bash
# Installs the Debian 12 packages that MetaBuilder needs, where they are missing. Does nothing, fast, where nothing is.
#
#   deploy/install.sh            what building, running and testing needs
#   deploy/install.sh full       and the compiler of the fuzz targets, the coverage report and the test of the alert rules
#   deploy/install.sh bench      and the load generator
#   deploy/install.sh deploy     and what the tests of deployment call: proxies, a sandbox, readers of manifests
#   deploy/install.sh --only PACKAGE…    those packages, and nothing else
#
# Works as root, else through sudo where it asks for no password, else prints the command to type and ends with status 1.
set -euo pipefail

# The compiler, the generator and what speeds both up.
build=(build-essential g++ cmake ninja-build ccache mold pkg-config)
# Boost by version: plain libboost-dev is 1.74, which has no JSON, and conflicts with this one.
libraries=(
    libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libssl-dev libsqlitecpp-dev libsqlite3-dev libfmt-dev
    libcli11-dev libpq-dev libcrypt-dev libargon2-dev libzxcvbn-dev libre2-dev libcurl4-openssl-dev libhiredis-dev
    libqrencode-dev libpng-dev libmaxminddb-dev
)
# What the test suite calls, and metabuilder-admin where a backup is encrypted.
test=(catch2 ca-certificates openssl curl jq sqlite3 python3 git age postgresql-15 redis-server oathtool zbar-tools apache2-utils argon2)
# The e2e tests also speak to clients from npm. A Node.js from elsewhere brings its own npm, and conflicts with Debian's.
command -v node >/dev/null && command -v npm >/dev/null || test+=(nodejs npm)
# prometheus for its promtool, which tests the alert rules.
full=(clang-16 libclang-rt-16-dev gcovr prometheus)
bench=(wrk)
deploy=(nginx haproxy bubblewrap systemd yamllint python3-yaml minisign faketime)

wanted=("${build[@]}" "${libraries[@]}" "${test[@]}")
if [[ ${1:-} == --only ]]; then
    shift
    wanted=("$@")
    set --
fi
for group in "$@"; do
    case $group in
        full) wanted+=("${full[@]}") ;;
        bench) wanted+=("${bench[@]}") ;;
        deploy) wanted+=("${deploy[@]}") ;;
        *)
            echo "install.sh: unknown group '$group'; known: full, bench, deploy" >&2
            exit 2
            ;;
    esac
done

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "MetaBuilder builds on Debian 12, and apt-get is not here. It needs what these packages hold: ${wanted[*]}" >&2
    exit 1
fi

listing=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null || true)
declare -A present=()
while read -r status package; do
    [[ $status == installed ]] && present[$package]=1
done <<<"$listing"

missing=()
for package in "${wanted[@]}"; do
    [[ -n ${present[$package]:-} ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root=(sudo -n)
    else
        echo "These packages are missing, and installing them needs root. Please type:" >&2
        echo >&2
        echo "    sudo apt-get update && sudo apt-get install --yes --no-install-recommends ${missing[*]}" >&2
        exit 1
    fi
fi

# Some packages bring a service. It is for tests to start what they need, on ports of their own, and for them to end it.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi

echo "Installing ${#missing[@]} packages: ${missing[*]}"
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "$root/build/logs"
log=$root/build/logs/install.log
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120)

# The tests start servers of their own: the package is not to make one that runs all the time, nor to start it.
no_main_cluster() {
    [[ " ${missing[*]} " == *" postgresql-15 "* ]] || return 0
    "${apt[@]}" install --yes --no-install-recommends postgresql-common &&
        "${as_root[@]}" sed --in-place 's/^#\?create_main_cluster *=.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
}

if ! { "${apt[@]}" update && no_main_cluster && "${apt[@]}" install --yes --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
    tail -n 30 "$log" >&2
    echo "Installing failed; the whole output is in $log" >&2
    exit 1
fi

# Nor at every boot.
if [[ " ${missing[*]} " == *" redis-server "* ]] && command -v systemctl >/dev/null; then
    "${as_root[@]}" systemctl disable redis-server >>"$log" 2>&1 || true
fi
