# SPDX-License-Identifier: Apache-2.0
# The ways into fundusd; `make help` lists them.
#
#   make run MODEL=path/to/model.pth POSITIVE_CLASS=normal
#   sudo make install PREFIX=/usr/local

PREFIX ?= /usr/local
DESTDIR ?=

BINARY := .build/release/fundusd
FIXTURES := .build/release/fundusd-fixtures
RUNS ?= 1000
SEED ?= 1
# A photograph under CC0 (scikit-image's retina.jpg), where the research pictures are there.
REAL_EYE ?= ../shared/data/control/fundus_skimage_retina.jpg
PEERS_VENV ?= .build/peers/environment
# The compiler's heap in large pages saves it a tenth of its time; without debugging information, which `install` strips anyway, a
# release saves another: a crash's backtrace then has its functions' names and no lines.
SWIFT := GLIBC_TUNABLES=glibc.malloc.hugetlb=1 swift
RELEASE := $(SWIFT) build -c release --static-swift-stdlib -debug-info-format none
HERE := --inbox ./inbox --outbox ./outbox --labelled ./labelled --state ./state

UNITS := fundusd.service fundusd-retrain.service fundusd-retrain.timer fundusd-report.service fundusd-report.timer
LIBRARY := $(DESTDIR)$(PREFIX)/lib
SHARE := $(DESTDIR)$(PREFIX)/share

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.SILENT:
.PHONY: help run packages program build test test-openblas test-aarch64 test-systemd test-hostile test-stalled-writer test-memory test-log test-file-systems test-retraining test-review test-pages test-package test-docs parity training-parity gate-worlds review-sites crash-runs fuzz fhir-validity model-shapes shipped-model-figures bench bench-peers instruction-budgets format lint install deb uninstall clean

help: ## this list
	awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

packages:
	.ci/install-system-packages

run: program ## watch ./inbox, drop samples into it, show their verdicts, go on watching (MODEL=… imports another model first)
	if [ -n "$(MODEL)" ]; then
		if [ -z "$(POSITIVE_CLASS)$(NORMAL_CLASS)" ]; then
			echo "Say which class the model's output means: POSITIVE_CLASS=disease or POSITIVE_CLASS=normal;" >&2
			echo "of several outputs, which one means normal, counted from 0: NORMAL_CLASS=0" >&2
			exit 64
		fi
		$(BINARY) model import "$(MODEL)" --state ./state \
			$(if $(NORMAL_CLASS),--normal-class $(NORMAL_CLASS),--positive-class $(POSITIVE_CLASS))
	fi
	mkdir -p inbox outbox state
	if [ ! -e state/models/champion ] && [ -e model/model.safetensors ]; then
		$(BINARY) model import model --state ./state
	fi
	time=$$(date +%H%M%S)
	samples=(drawn-eye-$$time.jpg)
	# Made by `fundusd-fixtures draw-eye --lesions 20`.
	cp docs/pictures/drawn-eye.jpg "state/$${samples[0]}"
	if [ -e "$(REAL_EYE)" ]; then
		samples+=(real-eye-$$time.jpg)
		cp "$(REAL_EYE)" "state/$${samples[1]}"
	else
		echo "No photograph of a real eye is at $(REAL_EYE): a drawn one is judged alone (REAL_EYE=… names one)."
	fi
	$(BINARY) watch $(HERE) --heatmap true &
	watch=$$!
	trap 'kill -TERM $$watch 2>/dev/null; wait $$watch || true; exit 0' INT TERM
	mv "$${samples[@]/#/state/}" inbox/
	until [ -e "outbox/$${samples[0]}.json" ] && [ -e "outbox/$${samples[-1]}.json" ]; do
		if ! kill -0 $$watch 2>/dev/null; then
			rm -f "$${samples[@]/#/inbox/}"
			wait $$watch && exit 0 || status=$$?
			[ $$status -ne 78 ] || echo "No model yet? Import one: make run MODEL=path/to/model.pth POSITIVE_CLASS=disease (or normal)" >&2
			exit $$status
		fi
		sleep 0.1
	done
	for sample in "$${samples[@]}"; do
		echo "outbox/$$sample.json:"
		cat "outbox/$$sample.json"
		echo
	done
	echo "outbox/*.heatmap.jpg show where it spoke for disease."
	echo "Watching ./inbox: drop fundus photographs there; Ctrl-C ends it."
	wait $$watch

program: packages ## the program, optimized, with the Swift runtime inside
	$(RELEASE) --product fundusd

build: packages ## the program, and what tests and benchmarks need besides
	$(RELEASE)

test: packages ## all tests
	$(SWIFT) build --build-tests
	swift test --skip-build

test-openblas: packages ## all tests but the kernels' own, with OpenBLAS in the kernels' place
	$(SWIFT) build --build-tests
	echo "skipped: TensorMathTests and TrainingTests, which hold each kernel to its definition whoever judges"
	FUNDUSD_ENGINE=openblas swift test --skip-build --skip '^(TensorMathTests|TrainingTests)[.]'

test-aarch64: ## the kernels beside their definitions, at every level here and on aarch64, under qemu-user (needs gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static)
	Tests/Kernels/check-aarch64

test-systemd: build ## the installed service in a throw-away systemd
	Tests/EndToEnd/in-systemd-box

test-hostile: build ## what a hostile camera's user might try, in a throw-away systemd (5 minutes)
	Tests/EndToEnd/in-systemd-box hostile-checks

test-stalled-writer: build ## an upload that stalls across restarts of the installed service (STALL=90 seconds)
	Tests/EndToEnd/in-systemd-box stalled-writer-checks $(or $(STALL),90)

test-memory: build ## the JPEGs that ask for most memory, twelve at once, in a throw-away systemd
	Tests/EndToEnd/in-systemd-box memory-checks

test-log: build ## journald stopped, a pipe that nobody reads, a disk full of log, in a throw-away systemd (RUN=300 seconds each)
	Tests/EndToEnd/in-systemd-box log-checks $(or $(RUN),300)

test-file-systems: build ## outboxes and archives on exFAT, FAT and NTFS, in a throw-away systemd
	.ci/install-system-packages exfat-fuse exfatprogs ntfs-3g dosfstools fusefat || echo "not all of them: what can't be mounted is skipped"
	Tests/EndToEnd/in-systemd-box file-system-checks $(if $(QUICK),--quick)

test-retraining: build ## the installed retrainer beside the installed service, killed and resumed, in a throw-away systemd
	Tests/EndToEnd/in-systemd-box retraining-checks

test-review: build ## people who answer about 400 pictures over Samba, and kills meanwhile, in a throw-away systemd
	.ci/install-samba || echo "no Samba: pictures are moved by mv alone"
	Tests/EndToEnd/in-systemd-box review-checks

test-pages: build ## the pages in a real Chromium: axe-core, phone, dark, paper, keyboard (needs PyPI; PICTURES=1 takes docs/pictures anew)
	Tests/EndToEnd/pages $(if $(PICTURES),--pictures)

test-package: deb ## the Debian package installed, upgraded, removed and purged in a throw-away systemd; lintian
	packaging/build-deb .build 999 >/dev/null
	Tests/EndToEnd/in-systemd-box package-checks
	if command -v lintian >/dev/null; then lintian --fail-on error .build/fundusd_[0-8]*.deb; else echo "skipped: no lintian here"; fi

test-docs: build ## every command that the documentation shows, in a throw-away systemd
	Tests/EndToEnd/in-systemd-box docs-checks

model-shapes: build ## import files as people have them, compare P(disease) with PyTorch's (PYTHON=… names an interpreter that has it)
	Tests/EndToEnd/model-shapes

parity: build ## compare probabilities with PyTorch's
	Tests/EndToEnd/parity

training-parity: build ## compare training steps with PyTorch's (PYTHON=… names an interpreter that has it)
	Tests/EndToEnd/training-parity

crash-runs: build ## seeded histories of arrivals and kill -9, played to the real daemon (RUNS=1000 SEED=1)
	$(FIXTURES) crash-runs --runs $(RUNS) --seed $(SEED) --program $(BINARY)

fuzz: ## have libFuzzer try the readers of foreign bytes under sanitizers (FUZZ_SECONDS=3600 each)
	Tests/Fuzz/fuzz $(or $(FUZZ_SECONDS),3600)

fhir-validity: build ## hold exported verdicts against FHIR R4 (needs PyPI)
	Tests/EndToEnd/fhir-validity

shipped-model-figures: build ## what the shipped model is worth on each source of ../shared/data (MODEL=… measures another)
	Benchmarks/shipped-model/figures.py --fundusd $(BINARY) --data ../shared/data --model $(or $(MODEL),model)

gate-worlds: build ## how often the promotion gate passes challengers of known worth (docs/retraining.md; WORLDS=2000)
	$(FIXTURES) gate-worlds --worlds $(or $(WORLDS),200)

review-sites: build ## how often the intervals of `fundusd performance` hold the truth (docs/evaluation.md; SITES=1000)
	$(FIXTURES) review-sites --sites $(or $(SITES),1000)

bench: program ## time decoding, preprocessing and the network on this machine
	$(BINARY) bench

bench-peers: build ## time it beside ONNX Runtime, OpenVINO, ncnn and PyTorch (MODEL=… POSITIVE_CLASS=… QUICK=1 PEERS_VENV=…)
	Benchmarks/make-environment "$(PEERS_VENV)"
	"$(PEERS_VENV)/bin/python" Benchmarks/peers/bench.py --root .build/peers --fundusd $(BINARY) --fixtures $(FIXTURES) \
		$(if $(MODEL),--model "$(MODEL)") $(if $(POSITIVE_CLASS),--positive-class $(POSITIVE_CLASS)) $(if $(QUICK),--quick)

instruction-budgets: ## count the kernels' instructions anew and store them as the budgets
	counts=$$(Benchmarks/count-instructions)
	if grep ' absent$$' <<< "$$counts"; then
		echo "This processor lacks a level; count on one that has them all." >&2
		exit 1
	fi
	sed -i '/^#/!d' Benchmarks/instruction-budgets.txt
	echo "$$counts" >> Benchmarks/instruction-budgets.txt

format: ## put the sources into the project's format
	swift format -i -r Sources Tests Package.swift

lint: ## complain about the format and about errors that are swallowed, and change nothing
	swift format lint --strict -r Sources Tests Package.swift
	.ci/check-errors

$(BINARY):
	$(MAKE) build

install: $(BINARY) ## install below DESTDIR and PREFIX; enables nothing
	install -D -m 755 -s $(BINARY) "$(DESTDIR)$(PREFIX)/bin/fundusd"
	for unit in $(UNITS); do
		install -D -m 644 systemd/$$unit "$(LIBRARY)/systemd/system/$$unit"
		sed -i 's|/usr/bin/fundusd|$(PREFIX)/bin/fundusd|' "$(LIBRARY)/systemd/system/$$unit"
	done
	install -D -m 644 systemd/fundusd.sysusers "$(LIBRARY)/sysusers.d/fundusd.conf"
	install -D -m 644 systemd/fundusd.tmpfiles "$(LIBRARY)/tmpfiles.d/fundusd.conf"
	install -D -m 644 systemd/fundusd.catalog "$(LIBRARY)/systemd/catalog/fundusd.catalog"
	find model -maxdepth 1 -type f ! -name 'packed-*' -exec install -D -m 644 -t "$(SHARE)/fundusd/model" {} +
	install -D -m 644 -t "$(SHARE)/doc/fundusd" docs/configuration.md docs/journal.md systemd/config.yaml
	if [ -e "$(DESTDIR)/etc/fundusd/config.yaml" ]; then
		echo "kept $(DESTDIR)/etc/fundusd/config.yaml; the new one is $(SHARE)/doc/fundusd/config.yaml"
	else
		install -D -m 644 systemd/config.yaml "$(DESTDIR)/etc/fundusd/config.yaml"
	fi
	mkdir -p "$(SHARE)/bash-completion/completions" "$(SHARE)/zsh/site-functions" "$(SHARE)/fish/vendor_completions.d"
	$(BINARY) --generate-completion-script bash | sed '1{/^#!/d}' > "$(SHARE)/bash-completion/completions/fundusd"
	$(BINARY) --generate-completion-script zsh > "$(SHARE)/zsh/site-functions/_fundusd"
	$(BINARY) --generate-completion-script fish > "$(SHARE)/fish/vendor_completions.d/fundusd.fish"
	echo "installed below $(DESTDIR)$(PREFIX)"
	if [ -z "$(DESTDIR)" ] && [ $$(id -u) -eq 0 ] && [ -d /run/systemd/system ]; then
		systemd-sysusers "$(LIBRARY)/sysusers.d/fundusd.conf"
		systemd-tmpfiles --create "$(LIBRARY)/tmpfiles.d/fundusd.conf"
		journalctl --update-catalog
		systemctl daemon-reload
		echo "made the user fundusd, /srv/fundusd and /var/lib/fundusd; updated the catalog; reloaded systemd"
		echo "nothing is enabled. Next: runuser -u fundusd -- fundusd model import MODEL.pth --positive-class disease && systemctl enable --now fundusd"
	fi

deb: build ## a Debian package of what is built, in .build
	.ci/install-system-packages dpkg-dev
	packaging/build-deb .build

uninstall: ## remove what install put there; state, images and configuration stay
	if [ -z "$(DESTDIR)" ] && [ $$(id -u) -eq 0 ] && [ -d /run/systemd/system ]; then
		systemctl disable --now fundusd.service fundusd-retrain.timer fundusd-report.timer || true
	fi
	for unit in $(UNITS); do rm -f "$(LIBRARY)/systemd/system/$$unit"; done
	rm -f "$(DESTDIR)$(PREFIX)/bin/fundusd" "$(LIBRARY)/sysusers.d/fundusd.conf" "$(LIBRARY)/tmpfiles.d/fundusd.conf"
	rm -f "$(LIBRARY)/systemd/catalog/fundusd.catalog" "$(SHARE)/bash-completion/completions/fundusd"
	rm -f "$(SHARE)/zsh/site-functions/_fundusd" "$(SHARE)/fish/vendor_completions.d/fundusd.fish"
	rm -rf "$(SHARE)/doc/fundusd" "$(SHARE)/fundusd"
	if [ -z "$(DESTDIR)" ] && [ $$(id -u) -eq 0 ] && [ -d /run/systemd/system ]; then
		journalctl --update-catalog
		systemctl daemon-reload
	fi
	echo "kept: /etc/fundusd, /srv/fundusd, /var/lib/fundusd and the user fundusd"

clean: ## remove what was built; inbox, outbox and state stay
	rm -rf .build
