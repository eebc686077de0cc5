#!/usr/bin/env bash
# Prints the path of the Chromium that the browser tests drive; installs it where that is possible.
# CHROMIUM names another one. No browser is downloaded by npm: Debian's is kept up to date with the
# machine, and a person's own Chrome serves as well.
set -euo pipefail

say_what_to_do() {
  echo "The browser tests need Chromium: install it (Debian: apt-get install chromium) or name one with CHROMIUM=/path/to/chromium." >&2
  exit 1
}

found() {
  local candidate
  for candidate in chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Chromium.app/Contents/MacOS/Chromium" \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    # Where there is no browser, Ubuntu's chromium-browser is a script that only asks for snap.
    if command -v "$candidate" >/dev/null && "$candidate" --version >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

if [ -n "${CHROMIUM:-}" ]; then
  [ -x "$CHROMIUM" ] || { echo "CHROMIUM=$CHROMIUM is not a program." >&2; exit 1; }
  echo "$CHROMIUM"
  exit
fi
found && exit
[ "$EUID" = 0 ] && [ -r /etc/debian_version ] && command -v apt-get >/dev/null || say_what_to_do
echo "Installing Chromium from the distribution's packages …" >&2
export DEBIAN_FRONTEND=noninteractive
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >&2 || say_what_to_do
found || say_what_to_do
