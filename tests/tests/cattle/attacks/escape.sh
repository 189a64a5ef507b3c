# Attacks of a task on its guest, on other guests and on the host. Words in capitals are filled in by the test.

/tmp/attacker

finds setuid-programs find / -xdev -type f '(' -perm -4000 -o -perm -2000 ')'
finds writable-programs find /bin /sbin /etc /lib /usr -xdev -type f -perm -0002
try crash-leaves-a-core sh -c 'sh -c "kill -SEGV \$\$"; ls core* /tmp/core* /core* 2>/dev/null | grep -q core'
environments() { cat /proc/*/environ | tr '\0' '\n' | grep -iE '(token|bearer|nonce|session)' | grep -v '^PATH='; }
finds session-in-environments environments
command_lines() { cat /proc/*/cmdline | tr '\0' '\n' | grep -E '^[A-Za-z0-9_-]{43}$'; }
finds session-in-command-lines command_lines
# Written so that the script itself does not hold the word.
finds session-in-files grep -rlE 'Bearer''[ ][A-Za-z0-9_-]{20}|"tok''en"' /run /var /tmp /etc /dev/shm
finds user-data-in-files grep -rl '#cloud-''config' /run /var /tmp /etc /dev/shm
processes() { for p in /proc/[0-9]*; do tr '\0' ' ' <$p/cmdline; echo; done | grep 'clawlets-[c]attle' | grep -v stage; }
finds supervisor-in-the-process-list processes
try remove-the-metadata-rule ip rule del pref 100
try metadata-user-data timeout 6 wget -q -O - http://169.254.169.254/hetzner/v1/userdata
try metadata-document timeout 6 wget -q -O - http://169.254.169.254/hetzner/v1/metadata
reaches metadata-other-port 169.254.169.254 8080

reaches host-loopback-by-gateway 10.0.2.2 HOST_LOOPBACK_PORT
reaches host-any-by-gateway 10.0.2.2 HOST_ANY_PORT
reaches cloud-api-by-gateway 10.0.2.2 CLOUD_PORT
reaches own-loopback 127.0.0.1 HOST_LOOPBACK_PORT
reaches host-address HOST_ADDRESS HOST_ANY_PORT
reaches host-dns 10.0.2.3 53
reaches emulators-file-server 10.0.2.4 445
try emulators-boot-files timeout 6 tftp -g -l /tmp/boot -r boot 10.0.2.2
try names-of-the-world timeout 10 nslookup example.com 10.0.2.3
reaches world 1.1.1.1 443
reaches other-guest-public OTHER_GUEST 22
reaches other-guest-relay OTHER_GUEST 18337
reaches other-guest-private 10.0.2.16 18337
unauthorized() { timeout 6 wget -q -O - --header "Authorization: Bear""er $1" "http://10.0.2.2:18337/v1/cattle/$2"; }
try orchestrator-without-a-session unauthorized none work
try orchestrator-with-a-guess unauthorized AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA env
try orchestrator-operators-api timeout 6 wget -q -O - http://10.0.2.2:18337/v1/jobs
try orchestrator-metrics timeout 6 wget -q -O - http://10.0.2.2:18337/metrics
/tmp/attacker scan
