#!/usr/bin/env bash
# Signs what is released: writes SHA256SUMS over every file of a folder, and SHA256SUMS.minisig by a key of minisign.
#
#   deploy/release/sign.sh <folder> <secret key>       minisign -G makes the pair; the public key goes to whoever verifies
set -euo pipefail
(($# == 2)) || { sed -n '2,4s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
folder=$1 key=$(readlink --canonicalize-existing -- "$2")
export LC_ALL=C
cd -- "$folder"
rm -f SHA256SUMS SHA256SUMS.minisig
mapfile -d '' -t files < <(find . -type f -printf '%P\0' | sort --zero-terminated)
((${#files[@]})) || { echo "sign.sh: nothing is in $folder" >&2; exit 1; }
sha256sum --binary -- "${files[@]}" >.SHA256SUMS.new
mv .SHA256SUMS.new SHA256SUMS
minisign -S -s "$key" -m SHA256SUMS -t "metabuilder, ${#files[@]} files" >/dev/null
echo "signed ${#files[@]} files"
