# Two commands: `make demo` and `make test`. Each sets up all it needs in .venv; see README.md.
PYTHON ?= python3.11
BIN := .venv/bin
BLENDERS := 4.2.23 5.0.1
BLENDER_VENVS := $(BLENDERS:%=.venv-bpy-%)

.PHONY: demo test lint types test-engine test-blender test-gui benchmark extension environment clean
.DELETE_ON_ERROR:

demo: .venv/ready
	$(BIN)/python docs/demo.py demo

test: lint types test-engine test-blender
	@echo "All of Maquette's tests passed."

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready
	MYPYPATH=.venv/src $(BIN)/mypy -m maquette -m maquette.__main__ -p maquette.core -p maquette.addon -p maquette.training

test-engine: .venv/ready
	$(BIN)/python -m pytest -n 2 --dist loadfile tests --ignore tests/addon

# the extension, built, installed and driven with the real engine, in every supported Blender (the third is .venv's own
# bpy): two at a time, the output of each in one piece
test-blender: .venv/ready $(BLENDER_VENVS:%=%/ready)
	$(MAKE) --jobs 2 --output-sync=target $(BLENDER_VENVS:%=tested-%) tested-.venv

tested-%: %/ready
	MAQUETTE_PYTHON=$(CURDIR)/$(BIN)/python OMP_NUM_THREADS=1 timeout 1500 $*/bin/python -m pytest tests/addon

# a real Blender window on a virtual screen (Debian, root): screenshots come to out/gui
test-gui: .venv/ready extension
	set -e; for suite in trixie sid; do tests/gui/run.sh $$suite $(CURDIR)/out/gui/$$suite; done

# figures against peers and plain references, minutes to hours: see tests/benchmarks/RESULTS.md
benchmark: .venv/ready
	set -e; for part in speed quality seams methods report; do $(BIN)/python tests/benchmarks/textures.py $$part --out out/benchmark; done

extension: .venv/ready
	.ci/build-extension .venv dist

environment: .venv/ready

.venv/ready: requirements.lock pyproject.toml .ci/environment
	PYTHON=$(PYTHON) .ci/environment .venv

.venv-bpy-%/ready: .ci/blender-environment
	PYTHON=$(PYTHON) .ci/blender-environment .venv-bpy-$* $*

clean:
	rm -rf .venv .venv-bpy-* dist build demo out *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
