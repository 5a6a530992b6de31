#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Drives Maquette in a real Blender window.   run.sh SUITE OUT      (root; MAQUETTE_PYTHON names the engine's Python, else .venv)
# MAQUETTE_GUI_STORY is panels (every panel and button, the default), loop, windows (two of them), guides (the pictures
# of docs/guide.md) or blender_draw (how long panels take).
# MAQUETTE_GUI_PATIENCE=3 allows a busy machine three times the time.
# Screenshots, `drive.txt` (each check and each measured time) and Blender's log come to OUT. The Blender lies in
# MAQUETTE_GUI_ROOT/SUITE, made on first use.
set -euo pipefail
SUITE=$1 OUT=$2
HERE=$(cd "$(dirname "$0")" && pwd)
REPO=$(cd "$HERE/../.." && pwd)
ROOT=${MAQUETTE_GUI_ROOT:-${XDG_CACHE_HOME:-$HOME/.cache}/maquette-gui}/$SUITE
MAQUETTE_PYTHON=${MAQUETTE_PYTHON:-$REPO/.venv/bin/python}
# where the environment really lies: a link to it would lead to nothing inside, or to an older copy
MAQUETTE_PYTHON=$(cd "$(dirname "$MAQUETTE_PYTHON")/.." && pwd -P)/bin/python
"$HERE/setup.sh" "$SUITE" "$ROOT"

# the engine's environment and its base at the same paths inside; hard links where the disk allows
packages_of() { find "$1" -maxdepth 4 -path '*/site-packages/*' -name '*.dist-info' -printf '%f\n' 2>/dev/null | sort; }
into_root() {
  if [ -e "$ROOT$1" ]; then
    # an environment that got other packages since is copied anew
    [ "$(packages_of "$1")" != "$(packages_of "$ROOT$1")" ] || return 0
    rm -rf "${ROOT:?}$1"
  fi
  mkdir -p "$(dirname "$ROOT$1")"
  cp -al "$1" "$ROOT$1" 2>/dev/null || { rm -rf "${ROOT:?}$1"; cp -a "$1" "$ROOT$1"; }
}
into_root "$("$MAQUETTE_PYTHON" -c 'import sys; print(sys.base_prefix)')"
into_root "$("$MAQUETTE_PYTHON" -c 'import sys; print(sys.prefix)')"

# torch asks the kernel's files which processor it has; a chroot has none of them
if [ ! -e "$ROOT/proc/cpuinfo" ]; then
  for file in /proc/cpuinfo /sys/devices/system/cpu/possible /sys/devices/system/cpu/present; do
    mkdir -p "$ROOT$(dirname $file)"
    cat "$file" >"$ROOT$file"
  done
fi

work=$ROOT/root/maquette-gui
rm -rf "$work"
mkdir -p "$work/out" "$work/zip" "$OUT"
# Blender's own extension command makes the zip, as for a release
command=$(find "$ROOT/usr" -path '*addons_core/bl_pkg/cli/blender_ext.py' | head -1)
"$MAQUETTE_PYTHON" "$command" build --source-dir "$REPO" --output-dir "$work/zip" >/dev/null
mv "$work"/zip/*.zip "$work/maquette.zip"
cp "$HERE"/*.py "$HERE/../benchmarks/blender_draw.py" "$work/"
"$MAQUETTE_PYTHON" "$HERE/photograph.py" "$work/bricks.png"
data=$ROOT/root/guide-data
if [ "${MAQUETTE_GUI_STORY:-}" = guides ] && [ ! -d "$data" ]; then
  rm -rf "$data.part"
  "$MAQUETTE_PYTHON" "$HERE/guide_data.py" "$data.part"
  mv "$data.part" "$data"
fi

limit_s=$(awk "BEGIN { print int(930 * ${MAQUETTE_GUI_PATIENCE:-1}) }")
code=0
chroot "$ROOT" env MAQUETTE_PYTHON="$MAQUETTE_PYTHON" LIMIT_S="$limit_s" PYTHONDONTWRITEBYTECODE=1 sh -c '
cd /root/maquette-gui
# a screen that no other run has
Xvfb -displayfd 3 -screen 0 1440x900x24 -nolisten tcp 3>out/display >out/xvfb.log 2>&1 & screen=$!
while [ ! -s out/display ]; do sleep 0.2; done
# one core draws, the engine has the others
export LP_NUM_THREADS=1
export DISPLAY=:$(cat out/display) LIBGL_ALWAYS_SOFTWARE=1 HOME=/root XDG_RUNTIME_DIR=/tmp
export BLENDER_USER_RESOURCES=/root/maquette-gui/user XDG_CACHE_HOME=/root/cache
timeout "$LIMIT_S" blender --enable-event-simulate --window-geometry 0 0 1440 900 --python-exit-code 3 \
  --python drive.py -- out maquette.zip bricks.png >out/blender.log 2>&1
code=$?
kill $screen
exit $code' || code=$?
cp -r "$work/out/." "$OUT/"
cat "$OUT/drive.txt"
! grep -q Traceback "$OUT/blender.log" || { echo "a traceback in Blender's log:" >&2; grep -A 20 Traceback "$OUT/blender.log" >&2; code=1; }
exit $code
