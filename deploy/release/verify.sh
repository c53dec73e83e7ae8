#!/usr/bin/env bash
# Says whether a folder holds exactly what was signed: the signature by that key, every file as it was, none missing, none added, and the
# bill of materials made for these executables. Ends with 1 and the reason where not.
#
#   deploy/release/verify.sh <folder> <public key file>
set -euo pipefail
(($# == 2)) || { sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
folder=$1 key=$(readlink --canonicalize-existing -- "$2")
export LC_ALL=C
cd -- "$folder"
refuse() { echo "verify.sh: $*" >&2; exit 1; }
[[ -f SHA256SUMS && -f SHA256SUMS.minisig ]] || refuse "nothing was signed here"
minisign -V -q -p "$key" -m SHA256SUMS || refuse "the signature is not of this key, or not of these sums"
sha256sum --check --strict --quiet SHA256SUMS || refuse "a file is missing, or another than was signed"
added=$(comm -13 <(sed 's/^[0-9a-f]* [ *]//' SHA256SUMS | sort) <(find . -type f ! -name SHA256SUMS ! -name SHA256SUMS.minisig -printf '%P\n' | sort))
[[ -z $added ]] || refuse "was not signed: $added"
[[ -f sbom.cdx.json ]] || refuse "there is no bill of materials"
while read -r sum name; do
    grep -qF -- "$sum" sbom.cdx.json || refuse "the bill of materials was made for another ${name#\*}"
done < <(grep -E '[ *](.*/)?metabuilder-[a-z]+$' SHA256SUMS)
echo "verified"
