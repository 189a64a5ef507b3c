# Shared by the scripts that attack from inside a guest.

# verdict NAME OUTCOME DETAIL
verdict() { printf '%s\t%s\t%s\n' "$1" "$2" "$(printf '%s' "$3" | head -c 120 | tr '\n\t\r' '   ')"; }

# try NAME COMMAND…   the attack has succeeded when the command does
try() {
  name=$1; shift
  if said=$("$@" 2>&1); then verdict "$name" SUCCEEDED "$said"; else verdict "$name" defeated "$said"; fi
}

# finds NAME COMMAND…   the attack has succeeded when the command says anything
finds() {
  name=$1; shift
  said=$("$@" 2>/dev/null)
  if [ -n "$said" ]; then verdict "$name" SUCCEEDED "$said"; else verdict "$name" defeated nothing; fi
}

# reaches NAME ADDRESS PORT   by TCP
reaches() { try "$1" timeout 6 nc -w 4 "$2" "$3" </dev/null; }

cp attacker.bin /tmp/attacker && chmod +x /tmp/attacker
