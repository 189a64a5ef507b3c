# A machine that is there already: a project's own module says how it boots.
{ clawlets, lib, ... }:
{
  boot.loader.grub.device = lib.mkDefault clawlets.host.diskDevice;
  fileSystems."/" = {
    device = lib.mkDefault "/dev/disk/by-label/nixos";
    fsType = lib.mkDefault "ext4";
  };
  networking.useDHCP = lib.mkDefault true;
}
