# The boot of a host at AWS from its bundle: the units that ship, and what it is told where nobody tells an instance more.
{ clawlets, lib, pkgs, ... }:
let
  inherit (clawlets) declaration host;
  # User data may put others in their place: one image may serve several instances.
  told = {
    "clawlets/aws-region".text = "${declaration.aws.region}\n";
  } // lib.optionalAttrs (declaration.aws.bucket != "") {
    "clawlets/bootstrap-bucket".text = "${declaration.aws.bucket}\n";
  } // lib.optionalAttrs (host.aws.discordTokenSecret != "") {
    "clawlets/discord-token-secret".text = "${host.aws.discordTokenSecret}\n";
  };
in
lib.mkIf (host.provider == "aws") {
  environment.etc = told;

  systemd.services.clawlets-bootstrap = {
    wantedBy = [ "multi-user.target" ];
    aliases = [ "clawdinator-bootstrap.service" ];
    path = [ pkgs.git pkgs.openssh ];
    serviceConfig = {
      # The memory may be mounted elsewhere than usual.
      ReadWritePaths = [ "-${declaration.memory.mountPoint}" ];
      # host.toml names the owners of secrets that the declaration knows; a module of the project may name more.
      ExecStartPost = "+${pkgs.systemd}/bin/systemd-tmpfiles --create --prefix=/run/clawlets";
    };
  };
  systemd.timers.clawlets-bootstrap.wantedBy = [ "timers.target" ];
}
