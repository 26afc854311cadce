#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
#
# Builds the Flatpak from its manifest, installs it and tries it, without Flathub: a stand-in for
# GNOME's runtime is made of Debian packages (flatpak-standin.sh). Called by ./dev flatpak, which sets
#   CHAPPE_CACHE        where the stand-in, the sources and the state of the builder are kept
#   CHAPPE_SERVER_ROOT  the tree of the homeserver
#   DEV_MIRROR          a Debian mirror (may be empty)
# The first time takes a quarter of an hour and 4 GB, later runs a minute or two.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")
id=im.chappe.Chappe
work=$CHAPPE_CACHE/flatpak
out=$top/_build/flatpak
say() { printf 'flatpak: %s\n' "$*" >&2; }

tools=(flatpak flatpak-builder ostree mmdebstrap appstream desktop-file-utils xdg-dbus-proxy
       dbus dbus-x11 xvfb xauth xdotool imagemagick elfutils dconf-cli librsvg2-common curl python3)
missing=()
for tool in "${tools[@]}"; do
  dpkg-query -W -f '${Status}' "$tool" 2>/dev/null | grep -q 'ok installed' || missing+=("$tool")
done
if [ ${#missing[@]} -gt 0 ]; then
  say "installing ${missing[*]}"
  sudo=(); [ "$(id -u)" = 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

"$here/flatpak-standin.sh" "$work" --branch 50 ${DEV_MIRROR:+--mirror "$DEV_MIRROR"} >&2
export FLATPAK_USER_DIR=$work/installation

# -- Sources. Where upstream can be reached the manifest is built as it is. Elsewhere, Debian's copies
#    are put where the builder looks for downloads; it checks the sums itself.
mkdir -p "$out" "$work/sources"
manifest=$top/flatpak/$id.json
if ! curl -sfIL --max-time 10 -o /dev/null https://gitlab.matrix.org; then
  say "upstream cannot be reached: taking the sources from Debian"
  python3 "$here/flatpak-sources.py" "$manifest" "$work/sources" "${DEV_MIRROR:-}" >"$out/$id.json"
  manifest=$out/$id.json
fi

say "building; the log is $out/build.log"
flatpak-builder --user --force-clean --disable-rofiles-fuse --extra-sources="$work/sources" \
  --state-dir="$work/state" --repo="$out/repo" "$out/build" "$manifest" >"$out/build.log" 2>&1 ||
  { tail -40 "$out/build.log" >&2; say "not built"; exit 1; }

say "installing"
flatpak --user remote-add --if-not-exists --no-gpg-verify chappe-test "file://$out/repo"
flatpak --user remote-modify --url="file://$out/repo" chappe-test
flatpak --user install -y --noninteractive --or-update chappe-test $id >/dev/null

say "trying it"
exec xvfb-run -a -s '-screen 0 1280x900x24 -nolisten tcp -noreset' dbus-run-session -- sh -c '
  export DBUS_SYSTEM_BUS_ADDRESS=${DBUS_SYSTEM_BUS_ADDRESS:-$DBUS_SESSION_BUS_ADDRESS}
  exec python3 "$0" "$@"' "$here/flatpak-check.py" "$out"
