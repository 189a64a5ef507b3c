# A server at Hetzner Cloud: a virtual machine that boots by BIOS from one disk.
{ clawlets, lib, modulesPath, ... }:
{
  imports = [ (modulesPath + "/profiles/qemu-guest.nix") ];

  boot.loader.grub.device = lib.mkDefault clawlets.host.diskDevice;
  boot.initrd.availableKernelModules = [ "ahci" "sd_mod" "virtio_pci" "virtio_scsi" ];
  fileSystems."/" = {
    device = lib.mkDefault "/dev/disk/by-label/nixos";
    fsType = lib.mkDefault "ext4";
  };
  networking.useDHCP = lib.mkDefault true;
}
