# Each of these sets up what it needs, which is quick when nothing has changed. PYTHON=python3.13 chooses the interpreter.

TESTS := webkitgtk fonts xvfb xdotool x11-utils x11-xserver-utils xorg-dummy jwm dbus-daemon imagemagick chromium sqlite3
BUNDLES := wine wine64 nsis wixl msitools osslsigncode openssl binutils gcc libc6-dev icoutils squashfs-tools \
  desktop-file-utils mime xdg-utils glib shellcheck curl unzip
WORKERS := 2# processes that test beside each other; 0: all in one, as for a debugger
IN_VENV := PATH="$(CURDIR)/.venv/bin:$$PATH"

.PHONY: help demo demo-desk demo-sync demo-voice test check bench format soak aws-acceptance launchers clean

help:  ## List these commands.
	@sed -n 's/^\([a-z-]*\): .*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

demo:  ## Open the poker window (or take its picture where there is no display).
	@scripts/demo

demo-desk:  ## Open the three windows of the trading desk (or take a picture of one).
	@scripts/demo desk

demo-sync:  ## Open a company: PostgreSQL, two hubs, three laptops, and a window that cuts their wires (or tell its story).
	@scripts/demo sync

demo-voice:  ## Let an Alexa skill and a Dialogflow agent ask each other who is at nine, aloud (or as text, sound and a picture).
	@scripts/demo voice

test:  ## Run all tests; PYTEST="tests/core -x" runs some, WORKERS=8 more beside each other.
	@scripts/setup $(TESTS) $(BUNDLES)
	$(IN_VENV) HIPFLASK_REQUIRE_ALL=1 python -m pytest -n $(WORKERS) $(PYTEST)

check:  ## Check format, lint, types and imports.
	@scripts/setup
	scripts/check

format:  ## Format all Python, and mend what lint can mend by itself.
	@scripts/setup
	$(IN_VENV) ruff check --fix-only .
	$(IN_VENV) ruff format .

bench:  ## Measure every claim of speed, beside the peers.
	@scripts/setup webkitgtk fonts xvfb chromium wrk
	$(IN_VENV) python -m benchmarks

soak:  ## Run the property tests for long.
	@scripts/setup
	$(IN_VENV) python -m hipflask.testing.devices --seeds 20000
	$(IN_VENV) python -m hipflask.testing.devices --seeds 500 --form postgres
	$(IN_VENV) python -m tests.sync.simulation.mutations
	$(IN_VENV) HIPFLASK_LONG=1 python -m pytest $$(grep -rl --include='test_*.py' 'hypothesis\|HIPFLASK_LONG' tests) $(PYTEST)

aws-acceptance:  ## Deploy examples into an AWS account of yours, ask every door, delete everything; ACCEPTANCE="--profile sandbox".
	@scripts/setup
	$(IN_VENV) python scripts/aws_acceptance.py $(ACCEPTANCE)

launchers:  ## Build the launchers of all systems anew, and compare them with those that are here.
	@scripts/setup
	.venv/bin/python scripts/launchers.py

clean:  ## Remove all that these commands have made.
	rm -rf .venv .peers build dist screenshots client/node_modules src/hipflask/ui/static
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests benchmarks examples scripts -name __pycache__ -prune -exec rm -rf {} +
