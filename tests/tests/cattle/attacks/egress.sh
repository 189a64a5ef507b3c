# Attacks on the egress proxy. Words in capitals are filled in by the test.

PROXY="10.0.2.2 18338"

# speak BYTES   sends them to the proxy, and keeps what comes back in /tmp/answer
# The connection stays whole until the answer is there: a proxy may take one that is half closed for one that is gone.
speak() {
  : >/tmp/answer
  { printf '%s' "${1%x}"; n=0; while [ ! -s /tmp/answer ] && [ $n -lt 80 ]; do sleep 0.1; n=$((n + 1)); done; } |
    timeout 20 nc -w 10 $PROXY >/tmp/answer
}
# status REQUEST…   the first line of the answer to a request, whose lines are words
status() { speak "$(for line in "$@"; do printf '%s\r\n' "$line"; done; printf x)"; head -n 1 /tmp/answer | tr -d '\r'; }
# lets NAME REQUEST…   the attack has succeeded when the proxy says 200
lets() {
  name=$1; shift
  said=$(status "$@" '')
  case $said in *' 200'*) verdict "$name" SUCCEEDED "$said" ;; *) verdict "$name" defeated "${said:-closed}" ;; esac
}
# connects NAME HOST:PORT
connects() { lets "$1" "CONNECT $2 HTTP/1.1" "Host: $2"; }
# gets NAME URL
gets() { lets "$1" "GET $2 HTTP/1.1" "Host: x" "Connection: close"; }

# What is allowed works, or the rest would prove nothing.
case $(status "GET http://127.0.0.1:ALLOWED/page HTTP/1.1" "Host: other" "Connection: close" '') in
  *' 200'*) verdict allowed-destination defeated "it is reached, as it should be" ;;
  *) verdict allowed-destination SUCCEEDED "it is NOT reached" ;;
esac
connects tunnel-to-the-cloud-api 127.0.0.1:CLOUD_PORT
connects tunnel-to-another-port 127.0.0.1:DENIED
gets page-of-another-port http://127.0.0.1:DENIED/
connects tunnel-by-name localhost:ALLOWED
connects tunnel-by-hex 0x7f.0x0.0x0.0x1:ALLOWED
connects tunnel-by-number 2130706433:ALLOWED
connects tunnel-by-short-form 127.1:ALLOWED
connects tunnel-by-ipv6 "[::1]:ALLOWED"
connects tunnel-by-mapped-address "[::ffff:127.0.0.1]:ALLOWED"
connects tunnel-by-longer-name 127.0.0.1.evil.example:ALLOWED
connects tunnel-with-a-user 127.0.0.1:ALLOWED@127.0.0.1:DENIED
connects tunnel-with-a-password x:127.0.0.1:ALLOWED@127.0.0.1:DENIED
connects tunnel-with-a-path 127.0.0.1:DENIED/127.0.0.1:ALLOWED
connects tunnel-with-a-hash "127.0.0.1:DENIED#127.0.0.1:ALLOWED"
connects tunnel-without-a-port 127.0.0.1
connects metadata-tunnel 169.254.169.254:80
gets metadata-page http://169.254.169.254/hetzner/v1/userdata
connects private-network-10 10.0.0.1:443
connects private-network-172 172.16.0.1:443
connects private-network-192 192.168.0.1:443
connects tailnet 100.64.0.1:443
connects any-address 0.0.0.0:ALLOWED
connects rebound-name REBOUND:DENIED
gets rebound-name-page http://REBOUND:DENIED/
lets relative-page "GET /page HTTP/1.1" "Host: 127.0.0.1:DENIED"
lets other-scheme "GET ftp://127.0.0.1:ALLOWED/page HTTP/1.1" "Host: x"
lets socket-scheme "GET unix:/run/clf/orchestrator.sock HTTP/1.1" "Host: x"
lets injected-line "GET http://127.0.0.1:DENIED/ HTTP/1.1" "Host: 127.0.0.1:ALLOWED" "X-Forwarded-Host: 127.0.0.1:ALLOWED"
# A second request behind an allowed one is a request of its own.
second=$({ printf 'GET http://127.0.0.1:ALLOWED/page HTTP/1.1\r\nHost: x\r\n\r\nGET http://127.0.0.1:DENIED/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  sleep 5; } | timeout 10 nc -w 8 $PROXY | grep -c '^HTTP/1.1 200')
if [ "$second" -gt 1 ]; then verdict second-request SUCCEEDED "$second answers"; else verdict second-request defeated "$second answer"; fi
# Two ideas of where a request ends must not become two requests. The destination tells the test what it was sent.
lets two-lengths "POST http://127.0.0.1:ALLOWED/page HTTP/1.1" "Host: x" "Content-Length: 4" "Content-Length: 60" '' abcd
{ printf 'POST http://127.0.0.1:ALLOWED/page HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\nConnection: close\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n'
  sleep 5; } | timeout 10 nc -w 8 $PROXY >/dev/null
long=$(head -c 100000 /dev/zero | tr '\0' a)
lets endless-header "GET http://127.0.0.1:ALLOWED/page HTTP/1.1" "Host: x" "X-Long: $long"
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
reaches around-the-proxy HOST_ADDRESS DENIED
