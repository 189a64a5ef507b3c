# The memory that the bots of a fleet share: a folder of this host, or one of an NFS server that is reached through TLS.
# What clf does with it follows from /etc/clawlets/memory.toml.
{ clawlets, config, lib, pkgs, ... }:
let
  inherit (clawlets) declaration source;
  inherit (declaration) memory;
  inherit (config.clawlets) programs;
  isRemote = memory.backend != "local";
  # Where the tunnel listens. NFS itself knows no encryption.
  port = "20490";
  unit = "${lib.replaceStrings [ "/" ] [ "-" ] (lib.removePrefix "/" (lib.replaceStrings [ "-" ] [ "\\x2d" ] memory.mountPoint))}.mount";
  tunnel = "clawlets-memory-tunnel.service";

  # TOML's strings are written as JSON's are.
  policy = ''
    root = ${builtins.toJSON memory.mountPoint}
    mounted = ${if isRemote then "true" else "false"}
    group = "clf-memory"
    operators = "clf-operators"
    protected = ${builtins.toJSON memory.protected}
    seed = "/etc/clawlets/memory"
  '';

  stunnel = ''
    foreground = yes
    pid =
    syslog = no
    debug = notice
    TIMEOUTconnect = 10
    TIMEOUTclose = 0
    [memory]
    client = yes
    accept = 127.0.0.1:${port}
    connect = ${memory.server}:2049
    sslVersionMin = TLSv1.2
    verifyChain = yes
    checkHost = ${memory.server}
    sni = ${memory.server}
    CAfile = ${config.clawlets.memory.authorities}
    delay = yes
  '';
in
{
  assertions = [
    {
      assertion = !isRemote || memory.server != "";
      message = "memory.server is empty, and memory.backend is ${memory.backend}";
    }
  ];

  users.groups.clf-memory = { };
  users.users.${config.clawlets.admin}.extraGroups = [ "clf-memory" ];
  environment.systemPackages = [ programs.clf ];

  environment.etc = {
    "clawlets/memory.toml".text = policy;
  } // lib.optionalAttrs (builtins.pathExists "${source}/memory") {
    "clawlets/memory".source = "${source}/memory";
  } // lib.optionalAttrs isRemote {
    "clawlets/memory-tunnel.conf".text = stunnel;
  };

  # Programs of the earlier system look there.
  systemd.tmpfiles.rules = [ "d /usr/local/bin 0755 root root -" ] ++ map
    (name: "L+ /usr/local/bin/${name} - - - - ${programs.clf}/bin/${name}")
    [ "memory-read" "memory-write" "memory-edit" ];

  systemd.services.clawlets-memory-init = {
    aliases = [ "clawdinator-memory-init.service" ];
    wantedBy = [ "multi-user.target" ];
    after = lib.optional isRemote unit;
    # A mount that failed is never tried again by itself: this asks for it anew until there is a memory.
    wants = lib.optional isRemote unit;
    restartTriggers = [ policy ];
    serviceConfig = lib.mkIf isRemote {
      Restart = "on-failure";
      RestartSec = "2min";
    };
  };

  systemd.services.clawlets-memory-tunnel = lib.mkIf isRemote {
    aliases = [ "clawdinator-efs-stunnel.service" ];
    wantedBy = [ "multi-user.target" ];
    before = [ unit ];
    restartTriggers = [ stunnel ];
    # The empty one takes back what the unit file says.
    serviceConfig.ExecStart = [ "" "${pkgs.stunnel}/bin/stunnel /etc/clawlets/memory-tunnel.conf" ];
  };

  # A server that is away gives an error after a while (soft, timeo in tenths of a second, twice again) instead of holding
  # up whoever asks. That is safe here: a file is replaced as a whole or not at all.
  systemd.mounts = lib.mkIf isRemote [
    {
      description = "The shared memory";
      what = "127.0.0.1:${if memory.export == "" then "/" else memory.export}";
      where = memory.mountPoint;
      type = "nfs4";
      options = "vers=4.1,proto=tcp,port=${port},soft,timeo=100,retrans=2,noresvport,nosuid,nodev,noexec";
      wantedBy = [ "multi-user.target" ];
      requires = [ tunnel ];
      after = [ tunnel "network-online.target" ];
      mountConfig.TimeoutSec = "45s";
    }
  ];
  boot.supportedFilesystems = lib.mkIf isRemote [ "nfs4" ];
}
