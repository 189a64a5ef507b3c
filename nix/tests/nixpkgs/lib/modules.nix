# Modules: declarations of options and definitions of their values, from many files, as one configuration.
{ lib, merge }:
{ modules, specialArgs ? { }, location ? [ ] }:
let
  inherit (builtins) concatMap concatStringsSep filter foldl' isFunction isPath isString;
  inherit (lib) attrNames genAttrs;

  arguments = specialArgs // { inherit config lib options; };
  load = module:
    let
      given = if isPath module || isString module then import module else module;
      body = if isFunction given then given arguments else given;
      isLong = body ? config || body ? options;
      definitions = removeAttrs body [ "imports" "options" "config" "_file" ];
    in
    if body._type or null != null then [{ options = { }; config = body; }]
    else concatMap load (body.imports or [ ])
      ++ [{ options = body.options or { }; config = if isLong then body.config or { } else definitions; }];
  loaded = concatMap load modules;

  isOption = value: value._type or null == "option";
  join = left: right: left // builtins.mapAttrs
    (name: value:
      if left ? ${name} && !(isOption value) then join left.${name} value else value)
    right;
  options = foldl' join { } (map (module: module.options) loaded);

  # The configuration below a place, from the options there and the definitions for them.
  build = place: options: definitions:
    let
      sets = concatMap merge.spread definitions;
      names = concatMap attrNames sets;
      unknown = filter (name: !(options ? ${name})) names;
      value = name:
        let
          below = place ++ [ name ];
          found = map (set: set.${name}) (filter (set: set ? ${name}) sets);
          option = options.${name};
          settled = merge.settled found;
          title = concatStringsSep "." below;
        in
        if !(isOption option) then build below option found
        else if settled != [ ] then option.type.merge below settled
        else if option ? default then option.type.merge below [ option.default ]
        else throw "The option `${title}' was accessed but has no value defined.";
    in
    if unknown != [ ] then
      throw "The option `${concatStringsSep "." (place ++ [ (builtins.head unknown) ])}' does not exist."
    else genAttrs (attrNames options) value;

  config = build location options (map (module: module.config) loaded);
in
{ inherit config options; }
