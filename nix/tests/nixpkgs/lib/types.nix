# Types of options. Each says what it takes, and how several definitions become one value.
{ lib, merge }:
let
  inherit (builtins) all concatLists concatMap concatStringsSep elem filter foldl' head isAttrs isBool isFunction isInt
    isList isPath isString length toJSON typeOf;
  inherit (lib) attrNames genAttrs;

  place = concatStringsSep ".";
  wrong = location: name: value: throw
    "A definition for option `${place location}' is not of type `${name}': it is a ${typeOf value}.";
  type = name: check: combine: {
    inherit name;
    merge = location: values:
      let bad = filter (value: !(check value)) values; in
      if bad != [ ] then wrong location name (head bad) else combine location values;
  };
  same = location: values:
    if all (value: value == head values) values then head values
    else throw "The option `${place location}' has conflicting definitions.";
  one = location: values:
    if length values == 1 then head values else same location values;
  # The value of definitions that may hold conditions.
  valueOf = of: location: definitions: of.merge location (merge.settled definitions);
  isDerivation = value: isAttrs value && value.type or null == "derivation";

  types = {
    str = type "string" isString same;
    bool = type "boolean" isBool same;
    int = type "integer" isInt same;
    port = type "port" (value: isInt value && value > 0 && value < 65536) same;
    package = type "package" isDerivation one;
    path = type "path" (value: isPath value || isDerivation value || isString value && lib.hasPrefix "/" value) one;
    lines = type "lines" isString (_: concatStringsSep "\n");
    unspecified = type "anything" (_: true) one;
    enum = words: type "one of ${toJSON words}" (value: elem value words) same;
    nullOr = of: type "null or ${of.name}" (_: true)
      (location: values: if all (value: value == null) values then null else of.merge location values);
    oneOf = options: type "one of several" (_: true) (location: values:
      let
        fits = filter (option: (builtins.tryEval (builtins.deepSeq (option.merge location values) true)).success) options;
      in
      if fits == [ ] then wrong location "one of several" (head values) else (head fits).merge location values);
    listOf = of: type "list of ${of.name}" isList (location: values:
      map (value: valueOf of location [ value ]) (concatLists values));
    attrsOf = of: type "attribute set of ${of.name}" isAttrs (location: values:
      let
        sets = concatMap merge.spread values;
        definitions = name: map (set: set.${name}) (filter (set: set ? ${name}) sets);
        present = name: merge.settled (definitions name) != [ ];
      in
      genAttrs (filter present (attrNames (foldl' (a: b: a // b) { } sets)))
        (name: valueOf of (location ++ [ name ]) (definitions name)));
    submodule = module: type "submodule" (value: isAttrs value || isFunction value) (location: values:
      (import ./modules.nix { lib = lib // merge // { inherit types; }; inherit merge; } {
        inherit location;
        modules = [ module ] ++ map (config: { inherit config; }) values;
        specialArgs.name = builtins.elemAt location (length location - 1);
      }).config);
  };
in
types
