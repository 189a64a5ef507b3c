# The machine in which one task runs at Hetzner Cloud. It is told who it is by the provider's metadata service, joins the
# tailnet with a key of its own, and runs one task; then it is gone. Nothing on it survives, so nothing is kept on it.
{ clawlets, lib, modulesPath, pkgs, ... }:
let
  userData = "http://169.254.169.254/hetzner/v1/userdata";
  boot = "/run/clawlets/boot.json";
  # A field of the boot file. Nothing of it is printed, and no secret is ever an argument.
  field = query: "jq --exit-status --raw-output '${query}' ${boot}";
in
{
  imports = [ (modulesPath + "/profiles/qemu-guest.nix") ];

  boot.loader.grub.device = lib.mkDefault "/dev/sda";
  boot.initrd.availableKernelModules = [ "ahci" "sd_mod" "virtio_pci" "virtio_scsi" ];
  fileSystems."/" = {
    device = lib.mkDefault "/dev/disk/by-label/nixos";
    fsType = lib.mkDefault "ext4";
  };
  networking.hostName = lib.mkDefault "clawlets-cattle";
  networking.useDHCP = lib.mkDefault true;
  system.stateVersion = lib.mkDefault "25.11";

  # Who runs the task. The supervisor finds the user by this name.
  users.groups.task = { };
  users.users.task = {
    isNormalUser = true;
    group = "task";
    home = "/home/task";
  };
  users.mutableUsers = false;
  users.allowNoPasswordLogin = true;

  # Administrators come over the tailnet, with the keys that the machine was born with.
  services.openssh = {
    enable = true;
    openFirewall = false;
    settings = {
      PasswordAuthentication = false;
      KbdInteractiveAuthentication = false;
      PermitRootLogin = "prohibit-password";
    };
    authorizedKeysFiles = [ "/run/clawlets/authorized_keys" ];
  };
  services.tailscale.enable = true;
  networking.nftables.enable = true;
  networking.firewall = {
    enable = true;
    interfaces.tailscale0.allowedTCPPorts = [ 22 ];
  };
  services.journald.extraConfig = "Storage=volatile";
  systemd.coredump.enable = false;
  nix.channel.enable = false;

  # What agents and tasks usually call.
  environment.systemPackages = with pkgs; [ bash coreutils curl git gnugrep gnused jq nodejs openssh python3 ];

  systemd.services.clawlets-cattle-identity = {
    description = "Learns who this machine is";
    requiredBy = [ "clawlets-cattle.service" ];
    before = [ "clawlets-cattle.service" ];
    wants = [ "network-online.target" ];
    after = [ "network-online.target" "tailscaled.service" ];
    path = with pkgs; [ coreutils curl gnused jq tailscale ];
    # A machine that never learns it is nobody's, and costs money.
    unitConfig.FailureAction = "poweroff-force";
    serviceConfig = {
      Type = "oneshot";
      RemainAfterExit = true;
      RuntimeDirectory = "clawlets";
      RuntimeDirectoryMode = "0700";
      RuntimeDirectoryPreserve = true;
      TimeoutStartSec = 300;
      UMask = "0077";
    };
    script = ''
      set -euo pipefail
      # The first line says that it is a cloud-config; the rest is JSON.
      curl --silent --show-error --fail --max-filesize 65536 --max-time 20 --retry 10 --retry-connrefused ${userData} \
        | sed 1d | jq --exit-status --raw-output '.write_files[] | select(.path == "${boot}") | .content' > ${boot}
      ${field ".adminKeys // [] | .[]"} > /run/clawlets/authorized_keys || true
      if ${field ".tailnetKey // empty"} > /run/clawlets/tailnet.key; then
        name=$(curl --silent --fail --max-filesize 1024 --max-time 20 http://169.254.169.254/hetzner/v1/metadata/hostname)
        tailscale up --auth-key=file:/run/clawlets/tailnet.key --hostname="$name" --timeout=120s
      fi
      rm -f /run/clawlets/tailnet.key
    '';
  };

  systemd.services.clawlets-cattle = {
    description = "Runs one task, and powers the machine off";
    wantedBy = [ "multi-user.target" ];
    unitConfig.FailureAction = "poweroff-force";
    serviceConfig = {
      ExecStart = "${clawlets.programs.clawlets-cattle}/bin/clawlets-cattle";
      # The task gets a control group of its own below this one.
      Delegate = true;
      KillMode = "mixed";
      OOMScoreAdjust = -900;
    };
  };
}
