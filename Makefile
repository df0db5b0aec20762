# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The front door. CMake does the work; every target here sets up what it needs and may be repeated.
.PHONY: demo test verify bench format lint sanitize fuzz setup build clean help
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 60

help:           ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

demo: build     ## compile the story model into verified hardware, end to end
	build/bin/mase compile models/llama-stories-1m --data models/llama-stories-1m/eval.txt --device kv260 -o out/demo

test: setup     ## build everything and run every test
	@scripts/configure release
	cmake --build build -j $(JOBS)
	scripts/run_tests build

verify: build   ## what takes minutes: every width of the multiplier proved, the story models simulated, whole and linear by linear
	cmake --build build -j $(JOBS) --target rtl_library_test rtl_operators_test
	MASE_VERIFY=1 build/test/rtl_library_test
	MASE_VERIFY=1 build/test/rtl_operators_test
	build/bin/mase emit models/llama-stories-1m --format mxint4 --device kv260 --map-part linears \
	  --data models/llama-stories-1m/eval.txt -o out/verify
	build/bin/mase simulate out/verify --part linears
	scripts/verify_models build/bin/mase out/verify

bench: setup    ## speed, as ratios against named peers (MASE_PEERS=PYTHON adds those that need torch)
	@scripts/configure release
	cmake --build build -j $(JOBS) --target mase_bench
	scripts/run_bench build

format:         ## clang-format on all sources
	git ls-files '*.cpp' '*.h' | xargs clang-format -i

lint: setup     ## clang-tidy on what changed since BASE (the commit before)
	@scripts/configure release
	scripts/lint $(BASE)

# What tests SystemVerilog and figures of Yosys is left out: minutes of other programs, and make test runs it.
sanitize: setup ## assertions, ASan and UBSan over the libraries that need no MLIR
	@scripts/configure sanitize
	cmake --build build-sanitize -j $(JOBS)
	scripts/run_tests build-sanitize -E '^(synthesis|rtl_library|rtl_operators|rtl_plumbing)_test$$'

fuzz: setup     ## each reader under libFuzzer, ASan and UBSan for FUZZ_SECONDS (60), with Clang
	@scripts/configure fuzz
	cmake --build build-fuzz -j $(JOBS) --target fuzz_targets
	scripts/run_fuzz build-fuzz $(FUZZ_SECONDS)

setup:
	@scripts/setup

build: setup
	@scripts/configure release
	cmake --build build -j $(JOBS) --target mase mase-opt

clean:          ## remove all that was built
	rm -rf build build-debug build-sanitize build-fuzz out
