# What the modules read and a declaration may leave out.
{
  declaration = {
    fleet = {
      secretEnv = { };
      secretFiles = { };
      sshAuthorizedKeys = [ ];
      sshKnownHosts = [ ];
      bots = { };
    };
    cattle = {
      enabled = false;
      provider = "hetzner";
      secretEnv = { };
    };
    aws = {
      region = "eu-central-1";
      bucket = "";
    };
    control.url = "";
    memory = {
      backend = "local";
      mountPoint = "/memory";
      server = "";
      export = "";
      protected = [ ];
    };
  };

  host = {
    enable = false;
    provider = "hetzner";
    diskDevice = "/dev/sda";
    flakeHost = "";
    aws = {
      bootstrapPrefix = "";
      discordTokenSecret = "";
    };
    provisioning.adminCidr = "";
    sshExposure.mode = "bootstrap";
    tailnet.mode = "tailscale";
    egress = {
      mode = "smtp-block";
      allowDomains = [ ];
    };
    cache = {
      substituters = [ "https://cache.nixos.org" "https://cache.garnix.io" ];
      trustedPublicKeys = [
        "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="
        "cache.garnix.io:CTFPyKSLcx5RMJKfLo5EEPUObbA78b0YQ2DTCJXqr9g="
      ];
      netrc = {
        enable = false;
        secretName = "garnix_netrc";
        path = "/etc/nix/netrc";
        narinfoCachePositiveTtl = 3600;
      };
    };
    selfUpdate = {
      enable = false;
      interval = "30m";
      allowReboot = false;
    };
  };

  bot = {
    profile = {
      secretEnv = { };
      secretFiles = { };
      secretEnvAllowlist = null;
      github = {
        appId = 0;
        privateKeySecret = "";
        sync = {
          enable = false;
          interval = "15m";
        };
      };
      resources = {
        memoryMax = "4G";
        cpuQuota = "200%";
        tasksMax = 4096;
      };
    };
    clf.cattle.allow = true;
  };
}
