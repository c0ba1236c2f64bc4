# Set up, show, test and check qgate. `make help` lists the commands.
# A machine needs Python 3.11 or newer, pip and make; everything else goes into .venv.

PYTHON ?= python3
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

# `make test COVERAGE=93` fails if the tests without those of frameworks, whose compilers cannot read
# measured code, cover less than 93 % of the lines and branches.
COVERAGE ?=
MEASURED := -W ignore -m slipcover --json --out build/measured.json -m pytest \
	-W ignore::pytest.PytestAssertRewriteWarning -W "ignore:Unable to activate pytest branch:RuntimeWarning"
PARALLEL := -n $(WORKERS) --dist loadscope
PYTEST := $(BIN)/python -m pytest $(PARALLEL)
FRAMEWORKS := torch jax tensorflow
KERNELS := $(wildcard devices/local/csrc/*)
SUFFIX = $(shell $(BIN)/python -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))')
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(VENV)/demo.stamp ## Find the ground state of H2 on three devices; DEVICE=... for one
	$(BIN)/python examples/ground_state.py

.PHONY: test
test: $(VENV)/dev.stamp ## Run the tests; those of each framework in processes of their own
ifdef COVERAGE
	mkdir -p build
	$(BIN)/python $(MEASURED) $(PARALLEL) --ignore=tests/frameworks
	$(BIN)/python -m slipcover --merge build/measured.json --out build/coverage.json \
		--fail-under $(COVERAGE) --skip-covered
else
	$(PYTEST) --ignore=tests/frameworks
endif
	set -e; for framework in $(FRAMEWORKS); do $(PYTEST) tests/frameworks/$$framework; done

.PHONY: signatures
signatures: $(VENV)/dev.stamp ## Write the parameters of the gates for editors
	$(BIN)/python benchmarks/gate_signatures.py
	$(BIN)/ruff check --fix --quiet qgate/operations/signatures.pyi
	$(BIN)/ruff format --quiet qgate/operations/signatures.pyi

.PHONY: pennylane
pennylane: $(VENV)/dev.stamp ## Write the tables of names in docs/pennylane.md
	$(BIN)/python benchmarks/pennylane_names.py

.PHONY: configurations
configurations: $(VENV)/dev.stamp ## Run every cell of docs/configurations.md and write it
	$(BIN)/python benchmarks/configurations.py

.PHONY: gallery
gallery: $(VENV)/dev.stamp ## Write the drawings of docs/gallery.md and its pictures
	MPLBACKEND=Agg $(BIN)/python benchmarks/gallery.py

.PHONY: check
check: format-check lint words types layers wheel ## Check format, lint, wording, types, layers, build, wheel

.PHONY: sanitize
sanitize: $(VENV)/dev.stamp ## Run the tests of the C kernels under the address and undefined-behaviour sanitizers
	mkdir -p build/sanitized
	$(CC) -std=gnu11 -O1 -g -fPIC -shared -mavx2 -mfma $(SANITIZE) devices/local/csrc/*.c -lm -lpthread \
		-o build/sanitized/_statevector_avx2$(SUFFIX)
	$(CC) -std=gnu11 -O1 -g -fPIC -shared $(SANITIZE) devices/local/csrc/*.c -lm -lpthread \
		-o build/sanitized/_statevector_baseline$(SUFFIX)
	LD_PRELOAD="$$($(CC) -print-file-name=libasan.so) $$($(CC) -print-file-name=libubsan.so)" \
		ASAN_OPTIONS=detect_leaks=0 QGATE_KERNELS=$(CURDIR)/build/sanitized \
		$(BIN)/python -m pytest -p no:cacheprovider tests/devices/local/test_native.py \
		tests/devices/local/mixed/test_pauli_engine.py

.PHONY: crashes
crashes: $(VENV)/dev.stamp ## Kill trainings on the doubles of Amazon Braket and IBM at 60 points, without and with faults
	QGATE_CRASH_POINTS=60 $(BIN)/python -m pytest -n $(WORKERS) \
		tests/clouds/braket/test_trainings.py tests/clouds/ibm/test_trainings.py

.PHONY: storm
storm: $(VENV)/dev.stamp ## Run 10,000 seeded schedules of faults, kills and forks on the doubles of both clouds
	$(BIN)/python tests/storm/main.py --schedules 10000 --workers $(WORKERS)

.PHONY: fuzz
fuzz: $(VENV)/dev.stamp ## Make 10,000 calls of each entry point with arguments that may be anything
	$(BIN)/python tests/fuzz/main.py --examples 10000 --workers $(WORKERS)

.PHONY: deep
deep: $(VENV)/dev.stamp ## Mutate the shift rules; every mutant fails a test or is explained
	$(BIN)/python tests/deep/main.py --workers $(WORKERS)

.PHONY: without-compiler
without-compiler: $(VENV)/dev.stamp ## Install qgate where there is no C compiler, and run the tests of the local device
	rm -rf build/without-compiler
	CC=$(CURDIR)/no-compiler $(BIN)/python -m pip install --quiet --no-deps \
		--target build/without-compiler .
	$(BIN)/python tests/without_compiler.py build/without-compiler

.PHONY: format-check
format-check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .

.PHONY: lint
lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .

.PHONY: words
words: $(VENV)/dev.stamp ## Check the wording of docstrings, comments, messages and documents
	$(BIN)/python tests/words.py

.PHONY: types
types: $(VENV)/dev.stamp
	$(BIN)/mypy
	$(BIN)/mypy tests/typed_program.py

.PHONY: layers
layers: $(VENV)/dev.stamp
	$(BIN)/lint-imports --no-logo

.PHONY: wheel
wheel: $(VENV)/dev.stamp
	$(BIN)/validate-pyproject pyproject.toml
	rm -rf dist
	$(BIN)/python -m build --outdir dist .
	$(BIN)/check-wheel-contents dist/*.whl
	$(BIN)/python tests/wheel_contents.py dist/*.whl

.PHONY: format
format: $(VENV)/dev.stamp ## Format the code and fix what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: clean
clean: ## Remove the environment, the caches and what was built
	rm -rf $(VENV) build dist qgate.egg-info
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find qgate devices gradients tests examples benchmarks -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/demo.stamp: pyproject.toml setup.py constraints.txt $(KERNELS) | $(BIN)/python
	$(INSTALL) -e ".[aer,ibm,viz]"
	touch $@

$(VENV)/dev.stamp: pyproject.toml setup.py constraints.txt $(KERNELS) | $(BIN)/python
	$(INSTALL) -e ".[all,dev]"
	touch $@ $(VENV)/demo.stamp

# Some systems ship Python without the pip that `venv` copies: use the installed pip.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "qgate needs Python 3.11 or newer; '$(PYTHON)' is not. Try: make PYTHON=python3.12 ..."; \
		exit 1; }
	$(PYTHON) -m venv $(VENV) || { \
		$(PYTHON) -m venv --clear --without-pip $(VENV) && \
		$(PYTHON) -m pip --python $(BIN)/python install --quiet pip; }
