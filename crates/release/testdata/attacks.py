#!/usr/bin/env python3
"""Writes `attacks/`: for each attack a folder with one bad document, and the refusal that it must meet.

    python3 crates/release/testdata/attacks.py

The tests sign what they find there with a key that the host trusts, so that the attack reaches the reader.
"""

import copy
import gzip
import io
import json
import os
import shutil

BASE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "attacks")

POINTER = {
    "schemaVersion": 1,
    "host": "web-1",
    "channel": "prod",
    "epoch": 1,
    "releaseId": 7,
    "file": "7.json",
    "manifestSha256": "ab" * 32,
    "issuedAt": "2026-11-21T06:00:00Z",
    "expiresAt": "2026-11-28T06:00:00Z",
}
SECRETS = {"digest": "cd" * 32, "format": "sops-tar", "url": "secrets/x.tgz"}
MANIFEST = {
    "schemaVersion": 1,
    "host": "web-1",
    "system": "x86_64-linux",
    "channel": "prod",
    "epoch": 1,
    "releaseId": 7,
    "issuedAt": "2026-11-20T10:00:00Z",
    "rev": "0a" * 20,
    "toplevel": "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-nixos-system-web-1",
    "secrets": SECRETS,
}


def write(name, file, document, refusal):
    folder = os.path.join(BASE, name)
    os.makedirs(folder)
    with open(os.path.join(folder, file), "wb") as out:
        out.write(document if isinstance(document, bytes) else document.encode())
    with open(os.path.join(folder, "refusal"), "w") as out:
        out.write(refusal + "\n")


def text(document):
    return json.dumps(document, indent=2) + "\n"


def changed(document, **changes):
    """The document with other values; a value of None takes the key out."""
    merged = {**copy.deepcopy(document), **changes}
    return text({key: value for key, value in merged.items() if value is not None})


def pointer(name, refusal, raw=None, **changes):
    write(f"pointer-{name}", "latest.json", changed(POINTER, **changes) if raw is None else raw, refusal)


def manifest(name, refusal, raw=None, **changes):
    write(f"manifest-{name}", "7.json", changed(MANIFEST, **changes) if raw is None else raw, refusal)


def bundle(name, refusal, archive=b"", raw=None):
    write(f"bundle-{name}", "secrets.tgz", framed(archive + END) if raw is None else raw, f"bundle: {refusal}")


END = bytes(1024)


def framed(archive):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0, filename="") as frame:
        frame.write(archive)
    return out.getvalue()


def entry(name, kind=b"0", content=b"", size=None, prefix=b"", magic=b"ustar\x0000", link=b"", sum_off_by=0):
    """One file of a tar archive, header and all."""
    name = name.encode() if isinstance(name, str) else name
    header = bytearray(512)
    header[: len(name)] = name
    header[100:108] = b"0000400\0"
    header[108:124] = b"0000000\0" * 2
    header[124:136] = b"%011o\0" % (len(content) if size is None else size)
    header[136:148] = b"00000000000\0"
    header[156:157] = kind
    header[157 : 157 + len(link)] = link
    header[257:265] = magic
    header[345 : 345 + len(prefix)] = prefix
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % (sum(header) + sum_off_by)
    return bytes(header) + content + bytes(-len(content) % 512)


def pointers():
    good = text(POINTER)
    pointer("for-another-host", "other_host: host web-2", host="web-2")
    pointer("for-another-channel", "other_channel: channel staging", channel="staging")
    pointer("expired", "expired: expired at 2026-11-21T07:59:59Z", expiresAt="2026-11-21T07:59:59Z")
    pointer("too-old", "too_old: 2026-11-14T07:59:59Z", issuedAt="2026-11-14T07:59:59Z")
    pointer("from-the-future", "not_yet_issued: has not come", issuedAt="2026-11-21T09:00:01Z")
    pointer("ends-before-it-begins", "unreadable: is not after issuedAt", expiresAt="2026-11-21T06:00:00Z")
    pointer("without-host", "unreadable: missing field `host`", host=None)
    pointer("without-expiry", "unreadable: missing field `expiresAt`", expiresAt=None)
    pointer("names-a-climbing-file", "unreadable: file: path", file="../../../etc/passwd")
    pointer("names-an-absolute-file", "unreadable: file: path", file="/etc/passwd")
    pointer("names-a-url", "unreadable: file: path", file="https://evil.example.org/7.json")
    pointer("names-a-file-with-nul", "unreadable: file: path", file="7.json\0.png")
    pointer("names-a-file-of-4-kib", "unreadable: file: path", file="7" * 4096)
    pointer("names-a-hidden-file", "unreadable: file: path", file=".git/config")
    pointer("id-zero", "unreadable: releaseId: release id", releaseId=0)
    pointer("id-negative", "unreadable: releaseId", releaseId=-7)
    pointer("id-is-a-fraction", "unreadable: releaseId", releaseId=7.5)
    pointer("id-is-a-text", "unreadable: releaseId", releaseId="7")
    pointer("id-beyond-2-53", "unreadable: beyond 2^53 - 1", releaseId=2**53)
    pointer("id-huge", "unreadable: beyond 2^53 - 1", releaseId=10**40)
    pointer("exponent-huge", "unreadable: number out of range", good.replace('Id": 7', 'Id": 1e999'))
    pointer("digest-in-upper-case", "unreadable: manifestSha256: digest", manifestSha256="AB" * 32)
    pointer("time-with-offset", "unreadable: issuedAt: time", issuedAt="2026-11-21T07:00:00+01:00")
    pointer("doubled-key", 'unreadable: has the key "epoch" twice', good.replace('"epoch"', '"epoch": 9, "epoch"'))
    pointer("doubled-unknown-key", 'unreadable: has the key "x" twice', good.replace("{", '{"new": {"x": 1, "x": 2},'))
    pointer("nested-deeply", "unreadable: nested deeper than 16", good.replace("{", '{"new": ' + "[" * 40 + "]" * 40 + ","))
    pointer("nested-very-deeply", "unreadable: nested deeper than 16", "[" * 8000)
    pointer("byte-order-mark", "unreadable: begins with a byte order mark", b"\xef\xbb\xbf" + good.encode())
    pointer("trailing-garbage", "unreadable: trailing characters", good + "{}\n")
    pointer("cut-off", "unreadable: EOF while parsing", good[:-20])
    pointer("not-utf-8", "unreadable: invalid unicode", good.encode().replace(b"7.json", b"7\xff.json"))
    pointer("is-html", "unreadable: expected value", "<!doctype html><title>Sign in</title>\n")
    pointer("is-empty", "unreadable: EOF while parsing", "")
    pointer("is-a-list", "unreadable: schemaVersion: is missing", "[]\n")
    pointer("too-large", "unreadable: more than 16384 bytes", padding="x" * 16384)
    pointer("of-another-schema", "unreadable: schema version 2", schemaVersion=2)
    pointer("with-comments", "unreadable: expected value", "// new\n" + good)


def manifests():
    good = text(MANIFEST)
    steps = [{"after": "1h", "percent": 50}, {"after": "2h", "percent": 5}]
    wave = {"startsAt": "2026-11-21T06:00:00Z", "steps": steps}
    check = {"kind": "unit", "need": "required", "deadline": "5s"}
    manifest("for-another-host", "other_host: host web-2", host="web-2")
    manifest("for-another-channel", "other_channel: channel staging", channel="staging")
    manifest("for-another-machine", "other_system: aarch64-linux", system="aarch64-linux")
    manifest("of-another-release", "disagreement: 1/8", releaseId=8)
    manifest("of-another-epoch", "disagreement: 2/7", epoch=2)
    manifest("toplevel-outside-the-store", "unreadable: toplevel: store path", toplevel="/home/evil/system")
    manifest("toplevel-climbs", "unreadable: toplevel: store path", toplevel="/nix/store/../../home/evil")
    manifest("toplevel-in-a-path", "unreadable: toplevel: store path", toplevel=MANIFEST["toplevel"] + "/bin/sh")
    manifest("toplevel-is-a-list", "unreadable: toplevel", toplevel=[MANIFEST["toplevel"]])
    manifest("revision-is-a-branch", "unreadable: rev: revision", rev="main")
    manifest("secrets-climb", "unreadable: secrets.url: path", secrets={**SECRETS, "url": "../other/secrets.tgz"})
    manifest("secrets-elsewhere", "unreadable: secrets.url: path", secrets={**SECRETS, "url": "file:///etc/shadow"})
    manifest("secrets-of-unknown-format", "unreadable: secrets.format", secrets={**SECRETS, "format": "plain-tar"})
    manifest("needs-an-unknown-feature", 'unknown_feature: "time-travel"', requiredFeatures=["wave", "time-travel"])
    manifest("needs-a-newer-updater", "updater_too_old: 99.0.0", minUpdaterVersion="99.0.0")
    manifest(
        "names-a-foreign-cache",
        "foreign_substituter: https://evil.example.org",
        cache={"substituters": ["https://cache.example.org", "https://evil.example.org"]},
    )
    manifest(
        "names-a-look-alike-cache",
        "foreign_substituter: https://cache.example.org.evil",
        cache={"substituters": ["https://cache.example.org.evil"]},
    )
    manifest("names-a-foreign-cache-key", "foreign_cache_key: evil-1", cache={"trustedPublicKeys": ["evil-1:AAAA"]})
    many = ["https://cache.example.org"] * 33
    manifest("names-too-many-caches", "unreadable: has more than 32", cache={"substituters": many})
    manifest("wave-falls", "unreadable: wave.steps: does not rise", wave=wave)
    beyond = {**wave, "steps": [{"after": "1h", "percent": 200}]}
    manifest("wave-beyond-all", "unreadable: wave.steps: has a percentage", wave=beyond)
    prayer = {"probation": "2m", "checks": [{**check, "kind": "prayer"}]}
    manifest("check-of-unknown-kind", "unreadable: kind of check", health=prayer)
    unnamed = {"probation": "2m", "checks": [check]}
    manifest("check-without-its-unit", "unreadable: the key that this kind looks at", health=unnamed)
    manifest("probation-for-ever", "unreadable: health: has a probation", health={"probation": "100d"})
    late = {"probation": "2m", "checks": [{**check, "kind": "disk", "grace": "1h"}]}
    manifest("grace-outlasts-the-probation", "unreadable: health: has a check whose grace", health=late)
    manifest("too-large", "unreadable: more than 65536 bytes", padding="x" * 65536)
    doubled = good.replace('"toplevel"', '"toplevel": "/nix/store/x", "toplevel"', 1)
    manifest("doubled-key", 'unreadable: has the key "toplevel" twice', doubled)
    manifest("is-html", "unreadable: expected value", "<html>\n")


def bundles():
    good = entry("a.yaml", content=b"a: ENC[]\n")
    whole = framed(good + END)
    bundle("with-a-symlink", "a symbolic link", good + entry("b.yaml", b"2", link=b"/etc/shadow"))
    bundle("with-a-hard-link", "a hard link", good + entry("b.yaml", b"1", link=b"a.yaml"))
    bundle("with-a-character-device", "a device", entry("b.yaml", b"3"))
    bundle("with-a-block-device", "a device", entry("b.yaml", b"4"))
    bundle("with-a-folder", "a folder", entry("sub/", b"5") + entry("sub/b.yaml"))
    bundle("with-a-pipe", "a pipe", entry("b.yaml", b"6"))
    bundle("with-a-sparse-file", "of an unknown kind", entry("b.yaml", b"S"))
    bundle("with-an-extended-header", "an extended header", entry("x", b"x", b"20 path=../../evil\n") + good)
    bundle("with-a-long-name", "an extended header", entry("././@LongLink", b"L", b"../" * 40) + good)
    bundle("with-a-subfolder", "is no name for", entry("sub/b.yaml"))
    bundle("with-a-prefix", "is no name for", entry("b.yaml", prefix=b"../../etc"))
    bundle("with-an-absolute-name", "is no name for", entry("/etc/cron.d/b.yaml"))
    bundle("with-a-climbing-name", "is no name for", entry("../b.yaml"))
    bundle("with-a-hidden-name", "is no name for", entry(".sops.yaml"))
    bundle("with-a-name-that-ends-twice", "is no name for", entry(b"b.yaml\0.sh"))
    bundle("with-a-name-of-100-bytes", "is no name for", entry("b" * 95 + ".yaml"))
    bundle("with-a-plain-file", "is no name for", entry("id_ed25519"))
    bundle("with-a-doubled-name", '"a" is there twice', good + entry("a.yaml", content=b"a: other\n"))
    bundle("with-257-files", "more than 256 entries", b"".join(entry(f"s{number}.yaml") for number in range(257)))
    bundle("with-a-wrong-checksum", "checksum does not fit", entry("a.yaml", sum_off_by=1))
    bundle("with-a-file-cut-off", "a file is cut off", entry("a.yaml", size=1 << 20))
    bundle("with-a-size-of-8-gib", "a file has no size", entry("a.yaml", size=(1 << 33) - 1))
    bundle("of-the-old-form", "not of the form ustar", entry("a.yaml", magic=b"ustar  \0"))
    bundle("without-an-end", "it has no end", raw=framed(good))
    bundle("with-something-behind-its-end", "something behind its end", good + END + b"x" * 512)
    bundle("that-is-a-bomb", "unpacks to more than 4194304", bytes(64 << 20))
    bundle("that-is-no-gzip", "damaged or cut off", raw=good + END)
    bundle("cut-off", "damaged or cut off", raw=whole[:-5])
    bundle("in-two-frames", "something behind it", raw=whole * 2)
    bundle("with-garbage-behind", "something behind it", raw=whole + b"garbage")


shutil.rmtree(BASE, ignore_errors=True)
pointers()
manifests()
bundles()
