// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fuzz/memory_limit.h"
#include "fuzz/reader.h"
#include "mase/frontend/gguf/gguf_model.h"
#include "mase/frontend/tokenizer.h"

// Config, tensors and tokenizer each by itself: one that is refused must not hide the others.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const mase::fuzz::MemoryLimit limit(size);
  return mase::fuzz::read([&] {
    const mase::gguf::GgufModel model = mase::gguf::GgufModel::open(mase::fuzz::fileOf(data, size));
    mase::fuzz::read([&] { (void)model.config(); });
    mase::fuzz::read([&] { (void)mase::Tokenizer::parse("gguf", model.tokenizer().dump()); });
    mase::fuzz::read([&] {
      const mase::TensorTable table = model.tensors();
      for (const mase::Tensor &tensor : table.tensors()) {
        std::vector<float> values(static_cast<size_t>(tensor.elements));
        toFloat(tensor, values.data());
      }
    });
  });
}
