#!/usr/bin/env bash
# Makes the file system of the image: the executables, the libraries that they load, and the few files that those read. No shell, no package
# manager, nothing else.
#
#   deploy/docker/rootfs.sh <folder of the executables> <target>     the target must not exist; <target>.state is what the image's user owns
set -euo pipefail

(($# == 2)) || { sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
binaries=$1 target=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[[ ! -e $target ]] || { echo "rootfs.sh: $target exists already" >&2; exit 1; }
umask 022

# take <file> <name in the image>: follows links, and keeps nobody's ownership or times but the mode of a program.
take() { install -D --mode=755 -- "$(readlink --canonicalize-existing -- "$1")" "$target$2"; }

programs=()
for program in metabuilder-server metabuilder-admin; do
    take "$binaries/$program" "/usr/local/bin/$program"
    strip --strip-unneeded "$target/usr/local/bin/$program"
    programs+=("$binaries/$program")
done
# What metabuilder-admin calls for backups. Debian's pg_dump on the path is a script; the programs lie with their version.
postgresql=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 2>/dev/null | sort --version-sort | tail -n 1)
for program in "$(command -v age || true)" "$postgresql"/bin/{pg_dump,pg_restore,psql}; do
    [[ -x $program ]] || { echo "rootfs.sh: age or PostgreSQL is not installed: deploy/install.sh" >&2; exit 1; }
    take "$program" "/usr/local/bin/${program##*/}"
    programs+=("$program")
done

# Every library under the name by which it is looked for: "libx.so.1 => /lib/…/libx.so.1 (0x…)", and the loader by its path alone.
mapfile -t libraries < <(for program in "${programs[@]}"; do ldd "$program" 2>/dev/null || true; done | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }' | sort -u)
((${#libraries[@]})) || { echo "rootfs.sh: ldd names no library" >&2; exit 1; }
for library in "${libraries[@]}"; do take "$library" "$library"; done
if for program in "${programs[@]}"; do ldd "$program" 2>/dev/null || true; done | grep 'not found'; then exit 1; fi

# The authorities that vouch for mail servers, and how names become addresses.
install -D --mode=644 /etc/ssl/certs/ca-certificates.crt "$target/etc/ssl/certs/ca-certificates.crt"
install -d --mode=755 "$target/etc"
echo 'hosts: files dns' >"$target/etc/nsswitch.conf"
echo 'metabuilder:x:65532:65532:MetaBuilder:/var/lib/metabuilder:/sbin/nologin' >"$target/etc/passwd"
echo 'metabuilder:x:65532:' >"$target/etc/group"
install -D --mode=644 "$here/../../LICENSE" "$target/usr/share/doc/metabuilder/LICENSE"
# Where a volume, a tmpfs and the kernel go: a root that is read-only can have no new folders.
install -d --mode=755 "$target/var/lib"
install -d --mode=1777 "$target/tmp"
install -d --mode=755 "$target/proc" "$target/dev" "$target/sys"
# Apart, because copying gives an owner to what it makes, and not to what is there.
install -d --mode=700 "$target.state/metabuilder"
