# make demo     from a fresh machine to a score: system packages, build, weights, an FVD of the clips in Fixtures/
# make test     the same set-up, then every test, those of the Python package (make test-python) too
# make install  the binary into PREFIX/bin
# make dist     one file for any Linux on x86-64: a tarball and a wheel in .build-dist/ (Packaging/README.md)
# make dist-check  what that file promises of itself, and its self-test
# make dist-test  that file against this build: frames, scores, bare systems (as root)
# make fuzz     changed files for every reader and text format: MINUTES=60 make fuzz; half a minute without
# make faults   closed streams, full disks, too little memory, signals, for every command (as root: disks are mounted)
# make cluster-test  a Slurm of four nodes on this machine, and all that goes wrong on one (as root; slurm-wlm, munge, ffmpeg)
# make release  make dist-test, then the files for upload; RELEASE_URL=... is where they will lie

PREFIX ?= /usr/local
SWIFT ?= swift
# Two build folders: the program with the Swift runtime inside, and the tests (which need it outside). One folder would be
# built anew at each change from one to the other.
VIDMETRICS := .build/static/release/vidmetrics
TESTED := .build/release/vidmetrics

# What the build links against (Package.swift names the same), and what fetches the weights.
APT_PACKAGES := libavformat-dev libavcodec-dev libswscale-dev libavutil-dev libarchive-dev \
	libpng-dev libwebp-dev zlib1g-dev libopenblas-dev liblapacke-dev libsqlite3-dev pkg-config binutils
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

# What `make dist` and its tests need beside these.
DIST_PACKAGES := dpkg-dev gcc nasm meson ninja-build libbz2-dev liblzma-dev libzstd-dev libopenblas-serial-dev libstdc++-12-dev
DIST_TEST_PACKAGES := ffmpeg debootstrap python3-venv

# What the tests of the Python package use. Those of PyTorch and Lightning, which are gigabytes, are left out by name where
# these are not: make test-python PYTHON_PACKAGES="numpy onnxruntime pandas mypy pytest torch lightning"
PYTHON_PACKAGES := numpy onnxruntime pandas mypy pytest

# What two tests of reports look with; they are left out where it is missing.
REPORT_PACKAGES := chromium texlive-latex-base texlive-latex-recommended texlive-science

.PHONY: help demo test test-build test-python lint format build install conformance packages report-packages fuzz faults cluster-test weights clean dist dist-packages dist-check dist-test release

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

packages:
	@echo "== system packages"
	@if ! command -v apt-get >/dev/null; then \
	  echo "no apt-get here: these packages, or your system's equivalents, are needed: $(APT_PACKAGES)"; \
	else \
	  missing=$$(for p in $(APT_PACKAGES); do \
	    dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'install ok installed' || echo $$p; done); \
	  python3 -m pip --version >/dev/null 2>&1 || missing="$$missing python3 python3-pip"; \
	  if [ -n "$$missing" ]; then \
	    echo "installing" $$missing; \
	    $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	  else echo "all there"; fi; \
	fi
	@command -v $(SWIFT) >/dev/null || { echo "no Swift toolchain: install 6.2 or newer from swift.org"; exit 1; }

report-packages: packages
	@if ! command -v chromium >/dev/null || ! command -v pdflatex >/dev/null; then \
	  echo "installing $(REPORT_PACKAGES)"; $(SUDO) apt-get update -qq; \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(REPORT_PACKAGES) >/dev/null; \
	fi

# The Swift runtime goes into the binary: it runs where no toolchain is.
build: packages
	@echo "== release build (the first takes a few minutes)"
	@$(SWIFT) build -c release --scratch-path .build/static --static-swift-stdlib --product vidmetrics

cluster-test: weights
	@Fixtures/cluster/slurm test $(VIDMETRICS); status=$$?; [ $$status = 0 ] || [ $$status = 77 ]

weights: build
	@echo "== weights"
	@$(VIDMETRICS) weights fetch i3d-kinetics400 lpips-alex clip-vocabulary

demo: weights
	@echo "== FVD of the clips in Fixtures/ (drawn by this project): the clips against themselves degraded, mildly and strongly"
	$(VIDMETRICS) fvd Fixtures/clips/real Fixtures/clips/fake-mild
	$(VIDMETRICS) fvd Fixtures/clips/real Fixtures/clips/fake-strong
	@echo
	@echo "== A suite of three generators, the last of which fails: the status is 2"
	@rm -f report.html report.md report.tex
	$(VIDMETRICS) run Fixtures/suite/demo.yaml --db Fixtures/suite/demo.sqlite; [ $$? -eq 2 ]
	@test -s report.html && test -s report.md && test -s report.tex
	@echo
	@echo "Next:"
	@echo "  make install PREFIX=~/.local                 the binary, wherever you like"
	@echo "  vidmetrics inspect YOUR_VIDEOS               what is in a set, before the long work"
	@echo "  vidmetrics fvd REAL FAKE --clips all --json  your own score, for scripts"
	@echo "  vidmetrics protocols list                    whose number it is"
	@echo "  make conformance                             the published FVDs, computed here"

test-build: packages
	@echo "== build with tests (the first takes a few minutes)"
	@$(SWIFT) build -c release --build-tests

test: test-build
	@echo "== weights"
	@$(TESTED) weights fetch i3d-kinetics400 || [ -z "$$CI" ]
	@$(TESTED) weights fetch inception-2015-12-05 || [ -z "$$CI" ]
	@$(TESTED) weights fetch lpips-alex || [ -z "$$CI" ]
	@$(TESTED) weights fetch clip-vocabulary || [ -z "$$CI" ]
	@echo "== tests"
	@$(SWIFT) test -c release --skip-build
	@$(MAKE) --no-print-directory test-python

# The Python package, with the program that `make test` has built. Its last lines name what was left out.
test-python: APT_PACKAGES += python3-venv
test-python: packages
	@echo "== tests of the Python package"
	@test -x .build-python/bin/pip || python3 -m venv .build-python
	@.build-python/bin/pip install -q --disable-pip-version-check $(PYTHON_PACKAGES)
	@cd Packaging/python && ../../.build-python/bin/mypy
	@cd Packaging/python && VIDMETRICS_PROGRAM=$(CURDIR)/$(TESTED) ../../.build-python/bin/pytest -q -rs

fuzz: build
	Fixtures/fuzz/fuzz --program $(VIDMETRICS) --minutes $${MINUTES:-0.5}

faults: build
	Fixtures/faults/faults --program $(VIDMETRICS)

lint:
	@.ci/open-switches
	$(SWIFT) format lint --strict --recursive Sources Metrics Tests Fixtures Package.swift

format:
	$(SWIFT) format --in-place --recursive Sources Metrics Tests Fixtures Package.swift

install: build
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(VIDMETRICS) $(DESTDIR)$(PREFIX)/bin/vidmetrics

dist-packages: APT_PACKAGES += $(DIST_PACKAGES)
dist-packages: packages

dist: dist-packages
	@SWIFT=$(SWIFT) Packaging/dist.sh

# What a change could break of the file: its promises, and its own checks with the weights.
dist-check: dist
	@Packaging/test/file.sh .build-dist/vidmetrics .build-dist/vidmetrics-*.tar.gz .build-dist/vidmetrics-*.whl
	@.build-dist/vidmetrics weights fetch i3d-kinetics400
	@.build-dist/vidmetrics selftest

# Against the program that the tests use. As root: it goes into bare systems by chroot.
dist-test: APT_PACKAGES += $(DIST_PACKAGES) $(DIST_TEST_PACKAGES)
dist-test: dist
	@echo "== build with tests"
	@$(SWIFT) build -c release --build-tests
	@$(TESTED) weights fetch i3d-kinetics400
	@$(TESTED) weights fetch inception-2015-12-05
	@Packaging/test/dist-test.sh $(TESTED)
	@echo "== the tests of every command, on the program of make dist"
	@VIDMETRICS_PROGRAM=$(CURDIR)/.build-dist/vidmetrics $(SWIFT) test -c release --skip-build --filter CommandLineTests

release: dist-test
	@Packaging/release.sh "$(RELEASE_URL)"

conformance: weights
	@echo "== published FVDs, computed here (2.5 GB of arrays in a temporary folder)"
	@python3 Fixtures/conformance/conformance.py $(VIDMETRICS)

clean:
	rm -rf .build .build-dist
