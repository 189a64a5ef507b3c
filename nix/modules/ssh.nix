# The SSH server: keys only, never root. From where it can be reached is the firewall's business.
{ clawlets, lib, pkgs, ... }:
let
  lines = clawlets.declaration.fleet.sshKnownHosts;
in
{
  services.openssh = {
    enable = true;
    openFirewall = false;
    settings = {
      PasswordAuthentication = false;
      KbdInteractiveAuthentication = false;
      PermitRootLogin = "no";
    };
    # The key is made ahead and put on the disk before the first boot, so that it can be pinned.
    hostKeys = [
      {
        path = "/etc/ssh/ssh_host_ed25519_key";
        type = "ed25519";
      }
    ];
  };
  programs.ssh.knownHostsFiles = lib.optional (lines != [ ])
    (pkgs.writeText "clawlets-known-hosts" (lib.concatMapStrings (line: line + "\n") lines));
}
