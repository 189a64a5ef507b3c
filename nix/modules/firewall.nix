# Who reaches this host. Nothing is open to the world; SSH follows `sshExposure.mode`:
#   tailnet    over the tailnet only
#   bootstrap  also from the network of its administrators, while it is being set up
#   public     the same, for good
{ clawlets, lib, ... }:
let
  inherit (clawlets) declaration host name;
  inherit (host.provisioning) adminCidr;
  isOpen = {
    tailnet = false;
    bootstrap = true;
    public = true;
  }.${host.sshExposure.mode};
  isInTailnet = host.tailnet.mode == "tailscale";
  family = if lib.hasInfix ":" adminCidr then "ip6" else "ip";
  # Disposable VMs of a cloud call the orchestrator over the tailnet.
  servesVms = declaration.cattle.enabled && declaration.cattle.provider == "hetzner";
in
{
  assertions = [
    {
      assertion = isOpen || isInTailnet;
      message = "hosts.${name}: sshExposure.mode is tailnet and tailnet.mode is none: nobody could get in";
    }
    {
      assertion = !host.enable || !isOpen || adminCidr != "";
      message = "hosts.${name}.provisioning.adminCidr is empty: nobody could get in";
    }
  ];

  networking.nftables.enable = true;
  networking.firewall = {
    enable = true;
    allowedTCPPorts = [ ];
    allowedUDPPorts = [ ];
    extraInputRules = lib.optionalString (isOpen && adminCidr != "") ''
      ${family} saddr ${adminCidr} tcp dport 22 accept comment "clawlets: administrators"
    '';
    interfaces = lib.optionalAttrs isInTailnet {
      tailscale0.allowedTCPPorts = [ 22 ] ++ lib.optional servesVms 18337;
    };
  };
}
