# A shell with what `make demo`, `make test` and `make check` start.
{ pkgs }:
pkgs.mkShell {
  packages = [
    pkgs.cargo
    pkgs.cargo-deny
    pkgs.clippy
    pkgs.rustc
    pkgs.rustfmt
    pkgs.age
    pkgs.bubblewrap
    pkgs.busybox
    pkgs.hcloud
    pkgs.iproute2
    pkgs.minisign
    pkgs.nodejs
    pkgs.openssh
    pkgs.openssl
    pkgs.python3
    pkgs.qemu
    pkgs.sops
  ];
}
