// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Options that AddressSanitizer asks every program for which links the IR. The installed MLIR is not instrumented, but
// its headers poison arena memory in instrumented code: such marks are no fault of ours.
extern "C" const char *__asan_default_options() { return "allow_user_poisoning=0"; }
