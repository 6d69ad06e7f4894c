#!/bin/bash
# Shows that the front door works on a machine with nothing installed: makes a minimal Debian 12 in a
# folder, clones the repository into it and runs make there. Needs root and debootstrap.
#
#   tests/tools/clean_room.sh FOLDER [make target...]     default targets: test
#
# The target demo is stopped once the host answers. VITALS_REPOSITORY names another repository to
# clone; its committed state counts. The mirror is the one this machine uses. FOLDER is kept: run
# again to go on in it, remove it to begin afresh.
set -euo pipefail

room=$(realpath -m "${1:?usage: clean_room.sh FOLDER [make target...]}")
shift
targets=("$@")
((${#targets[@]})) || targets=(test)
repository=$(realpath "${VITALS_REPOSITORY:-$(dirname "$0")/../..}")

fail() {
  echo "clean_room: $*" >&2
  exit 1
}

[[ $(id -u) -eq 0 ]] || fail "a chroot takes root"
command -v debootstrap >/dev/null || fail "install debootstrap first"

if [[ -z ${CLEAN_ROOM_UNSHARED:-} ]] && unshare --mount true 2>/dev/null; then
  CLEAN_ROOM_UNSHARED=1 exec unshare --mount "$0" "$room" "${targets[@]}"
fi

# The first source of this machine that has bookworm itself, in either format of apt.
find_mirror() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
    sed -nE 's/^deb (\[[^]]*\] )?([^ ]+) bookworm .*/\2/p'
  awk '/^URIs:/ { uri = $2 } /^Suites:/ { for (i = 2; i <= NF; i++) if ($i == "bookworm") print uri }' \
    /etc/apt/sources.list.d/*.sources 2>/dev/null
}

if [[ ! -f $room/.ready ]]; then
  mirror=$(find_mirror | head -n 1)
  [[ -n $mirror ]] || fail "no apt source of this machine has bookworm"
  debootstrap --variant=minbase --include=make,git,ca-certificates bookworm "$room" "$mirror"
  # How this machine reaches its mirror: proxies and the like.
  for setting in /etc/apt/apt.conf.d/*{proxy,registry}*; do
    [[ ! -f $setting ]] || cp "$setting" "$room/etc/apt/apt.conf.d/"
  done
  touch "$room/.ready"
fi
cp /etc/resolv.conf "$room/etc/resolv.conf"
cp /etc/hosts "$room/etc/hosts"
# The authorities that this machine trusts, such as its proxy's; npm takes no others than its own.
cp /etc/ssl/certs/ca-certificates.crt "$room/srv/machine-certificates.crt"

# In a mount namespace of our own, where there is one to have, so that nothing stays mounted.
if [[ ${CLEAN_ROOM_UNSHARED:-} == 1 ]]; then
  mount -t proc proc "$room/proc"
  mount --rbind /sys "$room/sys"
  mount --rbind /dev "$room/dev"
else
  echo "clean_room: no mount namespace to have here; going on without proc, sys and dev" >&2
fi

rm -rf "$room/srv/vitals"
git clone --quiet --no-hardlinks "$repository" "$room/srv/vitals"

inside() {
  env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LANG=C.UTF-8 \
    NODE_EXTRA_CA_CERTS=/srv/machine-certificates.crt \
    chroot "$room" /bin/bash -c "cd /srv/vitals && $1" </dev/null
}

# Runs the demo until its page shows work, then stops it as Ctrl-C would.
demo() {
  local log=$room/srv/demo.log start=$SECONDS
  # A session of its own, whose leader is make: what Ctrl-C would reach.
  inside 'exec setsid bash -c "echo \$\$ >/srv/demo.pid; exec make demo"' >"$log" 2>&1 &
  local runner=$!
  until inside 'exec 3<>/dev/tcp/127.0.0.1/9090; printf "GET /metrics HTTP/1.0\r\n\r\n" >&3; cat <&3' 2>/dev/null |
    grep '^guestkit_worker_jobs_total'; do
    if ! kill -0 "$runner" 2>/dev/null || ((SECONDS - start > 1800)); then
      tail -n 40 "$log" >&2
      return 1
    fi
    sleep 1
  done
  kill -INT -- "-$(cat "$room/srv/demo.pid")"
  wait "$runner" || true
  tail -n 20 "$log"
}

for target in "${targets[@]}"; do
  start=$SECONDS
  if [[ $target == demo ]]; then
    demo || fail "make demo did not serve a page of its own work"
  else
    inside "make $target" || fail "make $target"
  fi
  echo "clean_room: make $target took $((SECONDS - start)) s"
done
