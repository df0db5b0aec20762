// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fuzz/memory_limit.h"
#include "fuzz/reader.h"
#include "mase/frontend/onnx/evaluation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const mase::fuzz::MemoryLimit limit(size);
  return mase::fuzz::read([&] {
    const auto bytes = std::as_bytes(std::span(data, size));
    (void)mase::onnx::evaluate(mase::onnx::File::parse("m.onnx", bytes), {.length = 5, .padding = 0});
  });
}
