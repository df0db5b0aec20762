// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/safetensors.h"
#include "fuzz/memory_limit.h"
#include "fuzz/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const mase::fuzz::MemoryLimit limit(size);
  return mase::fuzz::read([&] {
    const mase::TensorTable table = mase::TensorTable::openFile(mase::fuzz::fileOf(data, size));
    for (const mase::Tensor &tensor : table.tensors()) {
      std::vector<float> values(static_cast<size_t>(tensor.elements));
      toFloat(tensor, values.data());
    }
  });
}
