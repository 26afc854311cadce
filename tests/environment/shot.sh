#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
#
# shot.sh FILE.png PROGRAM [ARGS]: a picture of the client's window under a headless Wayland compositor,
# made by the client itself. Runs inside the environment; called by ./dev shot.
set -euo pipefail

file=$1; shift
export CHAPPE_SHOT WAYLAND_DISPLAY=chappe GDK_BACKEND=wayland GSK_RENDERER=cairo GTK_A11Y=none
CHAPPE_SHOT=$(dirname "$file")
name=$(basename "$file" .png)

weston --backend=headless --width=1400 --height=1000 --idle-time=0 --socket="$WAYLAND_DISPLAY" >/dev/null 2>&1 &
weston=$!
trap 'kill $weston 2>/dev/null || true' EXIT
until [ -S "$XDG_RUNTIME_DIR/$WAYLAND_DISPLAY" ]; do
  kill -0 $weston 2>/dev/null || { echo "shot: weston did not start" >&2; exit 1; }
  sleep 0.05
done

rm -f "$file"
export NAME=$name FILE=$file
dbus-run-session -- bash -c '
  "$@" & client=$!
  gdbus wait --session --timeout 30 im.chappe.Chappe && gapplication action im.chappe.Chappe shot "\"$NAME\""
  for ((i = 0; i < 300; i++)); do
    [ ! -e "$FILE" ] && kill -0 $client 2>/dev/null || break
    sleep 0.1
  done
  kill $client 2>/dev/null || true
  wait $client || true' sh "$@"
[ -s "$file" ] || { echo "shot: no picture was made" >&2; exit 1; }
