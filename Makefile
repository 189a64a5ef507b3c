# make demo   the main job, on this machine, without any account
# make test   every test
# make test-gateway   the tests with the real gateway of a bot; installs some 650 MB, and takes a minute and 1.7 GB of memory
# make check  what CI runs besides the tests: formatting, clippy, licences
# make docs   the generated reference
# make bench  every figure in bench/README.md, measured on this machine; takes about a quarter of an hour
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.PHONY: demo test test-gateway check docs build guest setup setup-tests release bench

CARGO ?= cargo
TARGET ?= $(or $(CARGO_TARGET_DIR),target)
GUEST_BUILD := $(TARGET)/guest-build
GUEST := $(TARGET)/debug/guest/clawlets-cattle

setup:
	@scripts/setup

setup-tests:
	@scripts/setup --tests

# The program inside a VM is one static file, and not relocatable: an emulator would translate the relocation code at
# every boot. It has a target folder of its own because its flags differ.
guest: setup
	RUSTFLAGS="-C target-feature=+crt-static -C relocation-model=static" $(CARGO) build --quiet --locked -p clawlets-cattle --profile guest \
	  --target x86_64-unknown-linux-gnu --target-dir $(GUEST_BUILD)
	mkdir -p $(dir $(GUEST))
	cmp -s $(GUEST_BUILD)/x86_64-unknown-linux-gnu/guest/clawlets-cattle $(GUEST) || \
	  install -m 0755 $(GUEST_BUILD)/x86_64-unknown-linux-gnu/guest/clawlets-cattle $(GUEST)

build: setup guest
	$(CARGO) build --locked --workspace --bins
	for name in memory-read memory-write memory-edit; do ln -sf clf $(TARGET)/debug/$$name; done

demo: build
	scripts/demo

test: setup-tests build
	CARGO=$(CARGO) CARGO_TARGET_DIR=$(TARGET) scripts/test

test-gateway: build
	folder=$$(scripts/setup-gateway) && \
	  OPENCLAW_FOLDER=$$folder $(CARGO) test --locked -p clawlets-tests --test gateway -- --test-threads=1

check:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	if command -v cargo-deny >/dev/null; then $(CARGO) deny --offline check bans licenses sources; \
	  else echo "skipped: cargo-deny is not installed"; fi

docs: build
	rm -rf docs/reference/man
	$(TARGET)/debug/clawlets docs --out docs/reference
	$(TARGET)/debug/clawlets-host docs --out docs/reference
	$(TARGET)/debug/clf-orchestrator --write-reference docs/reference
	$(TARGET)/debug/clawlets-control --write-reference docs/reference

# The programs as they ship.
release: guest
	$(CARGO) build --locked --workspace --bins --release
	for name in memory-read memory-write memory-edit; do ln -sf clf $(TARGET)/release/$$name; done
	install -D -m 0755 $(GUEST) $(TARGET)/release/guest/clawlets-cattle

# The programs as they ship are measured, and the tables of bench/README.md and the picture of the guide are written anew.
bench: setup release
	$(TARGET)/release/clawlets-bench --record
