# The options of NixOS that the modules set, with the types that NixOS gives them. Any other name is an error.
{ lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  inherit (types) attrsOf bool enum int lines listOf nullOr package path port str submodule unspecified;

  option = type: mkOption { inherit type; };
  with' = type: default: mkOption { inherit type default; };
  strings = with' (listOf str) [ ];
  set = options: with' (attrsOf (submodule { inherit options; })) { };
  atom = types.oneOf [ bool int str path (listOf (types.oneOf [ int str ])) ];

  unit = {
    description = with' str "";
    aliases = strings;
    wantedBy = strings;
    requiredBy = strings;
    wants = strings;
    requires = strings;
    before = strings;
    after = strings;
    unitConfig = with' (attrsOf atom) { };
    restartTriggers = with' (listOf unspecified) [ ];
  };
in
{
  options = {
    assertions = with' (listOf unspecified) [ ];
    warnings = strings;
    system.stateVersion = option str;
    system.build = with' (attrsOf unspecified) { };
    time.timeZone = with' (nullOr str) null;
    nixpkgs.hostPlatform = option str;

    users.mutableUsers = with' bool true;
    users.allowNoPasswordLogin = with' bool false;
    users.groups = set { gid = with' (nullOr int) null; };
    users.users = set {
      description = with' str "";
      isNormalUser = with' bool false;
      isSystemUser = with' bool false;
      group = with' str "";
      extraGroups = strings;
      home = with' str "/var/empty";
      hashedPassword = with' (nullOr str) null;
      openssh.authorizedKeys.keys = strings;
    };
    security.sudo.wheelNeedsPassword = with' bool true;

    networking.hostName = with' str "nixos";
    networking.useDHCP = with' bool true;
    networking.nftables.enable = with' bool false;
    networking.nftables.tables = set { family = option (enum [ "ip" "ip6" "inet" ]); content = option lines; };
    networking.firewall = {
      enable = with' bool true;
      allowedTCPPorts = with' (listOf port) [ ];
      allowedUDPPorts = with' (listOf port) [ ];
      extraInputRules = with' lines "";
      interfaces = set { allowedTCPPorts = with' (listOf port) [ ]; };
    };

    environment.systemPackages = with' (listOf package) [ ];
    environment.etc = set { text = with' (nullOr lines) null; source = with' (nullOr path) null; };
    services.journald.extraConfig = with' lines "";
    services.openssh = {
      enable = with' bool false;
      openFirewall = with' bool true;
      authorizedKeysFiles = strings;
      settings = with' (attrsOf atom) { };
      hostKeys = with' (listOf (attrsOf atom)) [ ];
    };
    services.tailscale = {
      enable = with' bool false;
      openFirewall = with' bool false;
      authKeyFile = with' (nullOr path) null;
      authKeyParameters = {
        ephemeral = with' (nullOr bool) null;
        preauthorized = with' (nullOr bool) null;
      };
      extraUpFlags = strings;
    };
    services.tinyproxy = { enable = with' bool false; settings = with' (attrsOf atom) { }; };
    programs.ssh.knownHostsFiles = with' (listOf path) [ ];

    nix.package = with' package pkgs.nix;
    nix.settings = with' (attrsOf atom) { };
    nix.channel.enable = with' bool true;
    boot.loader.systemd-boot.enable = with' bool false;
    boot.loader.grub.enable = with' bool true;
    boot.loader.grub.device = with' str "";
    boot.initrd.availableKernelModules = strings;
    boot.initrd.kernelModules = strings;
    boot.supportedFilesystems = strings;
    boot.kernelParams = strings;
    fileSystems = set { device = option str; fsType = option str; };

    systemd.coredump.enable = with' bool true;
    systemd.packages = with' (listOf package) [ ];
    systemd.tmpfiles.rules = strings;
    systemd.mounts = with' (listOf (submodule {
      options = unit // {
        what = option str;
        where = option str;
        type = with' str "";
        options = with' str "";
        mountConfig = with' (attrsOf atom) { };
      };
    })) [ ];
    systemd.sockets = set unit;
    systemd.timers = set (unit // { timerConfig = with' (attrsOf atom) { }; });
    systemd.services = set (unit // {
      path = with' (listOf package) [ ];
      environment = with' (attrsOf (nullOr (types.oneOf [ str path package ]))) { };
      serviceConfig = with' (attrsOf atom) { };
      script = with' lines "";
    });
  };
}
