# Who this host is, for programs on it.
{ clawlets, lib, ... }:
let
  inherit (clawlets) declaration host name source;
in
{
  networking.hostName = name;
  environment.etc = {
    "clawlets/instance-name".text = "${name}\n";
    "clawlets/build-info.json".text = builtins.toJSON {
      host = name;
      rev = source.rev or source.dirtyRev or null;
    } + "\n";
    # Programs of the earlier system look here.
    "clawdinator".source = "/etc/clawlets";
  } // lib.optionalAttrs (declaration.control.url != "") {
    "clawlets/control-url".text = "${declaration.control.url}\n";
  } // lib.optionalAttrs (host.provider == "aws") {
    "clawlets/bootstrap-prefix".text = "${host.aws.bootstrapPrefix}\n";
  };
}
