#!/usr/bin/env bash
# Shows that a machine without any of our packages is enough: makes a fresh Debian 12 tree, puts a clean clone of HEAD into it, and inside
# it runs deploy/run.sh until the server answers well, then deploy/test.sh --quick. Needs root, debootstrap and network.
#
#   deploy/debootstrap-test.sh [folder]     the tree is made below that folder (a temporary one), and removed at the end
#
# MB_MIRROR  the Debian mirror (the one that this machine's apt uses)
# MB_FULL    1: the whole of deploy/test.sh instead of --quick
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

((EUID == 0)) || { echo "debootstrap-test.sh: needs root, for debootstrap and chroot" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "debootstrap-test.sh: please type: apt-get install --yes debootstrap" >&2; exit 1; }

# A mount namespace of its own: whatever is mounted below disappears with this process, however it ends.
if [[ ${MB_UNSHARED:-} != 1 ]]; then
    MB_UNSHARED=1 exec unshare --mount --pid --fork --kill-child -- "$0" "$@"
fi

# shellcheck disable=SC2016  # apt replaces it
mirror=${MB_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Release: bookworm' | sort -u | head -n 1)}
[[ -n $mirror ]] || { echo "debootstrap-test.sh: apt knows no bookworm here; name a mirror in MB_MIRROR" >&2; exit 1; }

# The tree shares this machine's network, so that it can install packages.
if (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; then
    echo "debootstrap-test.sh: something listens on port 8080 already" >&2
    exit 1
fi

work=$(mktemp -d "${1:-${TMPDIR:-/tmp}}/metabuilder-bookworm.XXXXXX")
tree=$work/tree
# The mounts end before the tree goes, so that nothing of this machine is removed through them; a tree that still has one stays.
clean() {
    local mounted
    for mounted in proc dev/shm dev/pts dev; do umount --quiet --recursive "$tree/$mounted" 2>/dev/null || true; done
    if grep -q " $tree/" /proc/self/mounts; then echo "left behind, something is mounted in it: $tree" >&2; else rm -rf --one-file-system "$work"; fi
}
trap clean EXIT

echo "making a fresh Debian 12 in $tree"
debootstrap --variant=minbase bookworm "$tree" "$mirror" >"$work/debootstrap.log" 2>&1 || { tail -n 20 "$work/debootstrap.log" >&2; exit 1; }
git clone --quiet --no-local "$root" "$tree/opt/metabuilder"
mount -t proc proc "$tree/proc"
mount -t tmpfs -o mode=0755 dev "$tree/dev"
for device in null zero full random urandom tty; do
    touch "$tree/dev/$device"
    mount --bind "/dev/$device" "$tree/dev/$device"
done
mkdir "$tree/dev/shm"
mount -t tmpfs -o mode=1777 shm "$tree/dev/shm"
mkdir "$tree/dev/pts"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$tree/dev/pts"
ln -s pts/ptmx "$tree/dev/ptmx"
ln -s /proc/self/fd "$tree/dev/fd"
# What this machine resolves names and reaches the mirror with, if anything beyond the defaults.
cp --dereference /etc/resolv.conf "$tree/etc/resolv.conf"

inside=(chroot "$tree" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 MB_JOBS="${MB_JOBS:-}")

echo "running deploy/run.sh in it"
started=$SECONDS
"${inside[@]}" /opt/metabuilder/deploy/run.sh >"$work/run.log" 2>&1 &
server=$!
answer=""
while kill -0 "$server" 2>/dev/null && [[ -z $answer ]] && ((SECONDS - started < 3600)); do
    # curl came with deploy/run.sh; the first answer ends the wait
    answer=$("${inside[@]}" curl --silent --fail --max-time 2 http://localhost:8080/health 2>/dev/null) || answer=""
    [[ -n $answer ]] || sleep 1
done
if [[ -z $answer ]]; then
    tail -n 40 "$work/run.log" >&2
    echo "the server never answered" >&2
    kill -TERM "$server" 2>/dev/null || true
    exit 1
fi
echo "answered after $((SECONDS - started)) s: $answer"
cat "$work/run.log"
kill -TERM "$server"
wait "$server" || { echo "the server ended with status $?" >&2; exit 1; }

echo "running deploy/test.sh in it"
arguments=(--quick)
[[ ${MB_FULL:-} == 1 ]] && arguments=()
"${inside[@]}" /opt/metabuilder/deploy/test.sh "${arguments[@]}"
