// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/gguf/gguf_model.h"

#include "mase/support/error.h"
#include "mase/support/parallel.h"

namespace mase::gguf {
namespace {

/// The row of the file that is row `row` of Hugging Face's matrix.
int64_t storedRow(int64_t row, int64_t rows, int64_t heads) {
  if (heads == 0)
    return row;
  const int64_t size = rows / heads, within = row % size, halfSize = size / 2;
  return row - within + within % halfSize * 2 + within / halfSize;
}

/// Decodes a matrix row by row, rows side by side.
std::function<void(float *)> decoder(const TensorEntry &tensor, int64_t heads) {
  return [tensor, heads](float *out) {
    const int64_t cols = tensor.shape.back(), rows = tensor.elements / cols, blocks = cols / tensor.type->elements;
    constexpr int64_t together = 64; // rows of a task
    parallelFor((rows + together - 1) / together, [&](int64_t task) {
      for (int64_t row = task * together; row < std::min(rows, (task + 1) * together); ++row) {
        const std::byte *from = tensor.bytes.data() + storedRow(row, rows, heads) * blocks * tensor.type->bytes;
        for (int64_t b = 0; b < blocks; ++b)
          tensor.type->decode(from + b * tensor.type->bytes, out + row * cols + b * tensor.type->elements);
      }
    });
  };
}

Dtype plainDtype(const std::string &type) {
  return type == "F32" ? Dtype::F32 : type == "F16" ? Dtype::F16 : type == "BF16" ? Dtype::BF16 : Dtype::Blocks;
}

} // namespace

GgufModel GgufModel::open(const std::filesystem::path &path) {
  return GgufModel(std::make_shared<const File>(File::open(path)));
}

TensorTable GgufModel::tensors() const {
  const GgufArchitecture &architecture = ggufArchitecture(*file_);
  std::vector<Tensor> tensors;
  for (const TensorEntry &entry : file_->tensors()) {
    const MappedName mapped = mappedName(*file_, architecture, entry.name);
    if (mapped.interleavedHeads > 0 && (entry.shape.size() != 2 || entry.shape[0] % (2 * mapped.interleavedHeads) != 0))
      fail("{}: tensor {} ({}) has no {} heads of pairs", file_->name(), entry.name, shapeText(entry.shape),
           mapped.interleavedHeads);
    Tensor tensor;
    tensor.name = mapped.name;
    tensor.file = file_->name();
    tensor.dtypeName = entry.type->name;
    tensor.dtype = mapped.interleavedHeads > 0 ? Dtype::Blocks : plainDtype(tensor.dtypeName);
    tensor.shape = entry.shape;
    tensor.elements = entry.elements;
    tensor.bytes = entry.bytes;
    if (tensor.dtype == Dtype::Blocks)
      tensor.decode = decoder(entry, mapped.interleavedHeads);
    tensors.push_back(std::move(tensor));
  }
  return TensorTable::of(std::move(tensors), file_);
}

Json GgufModel::tokenizer() const { return tokenizerOf(*file_); }

std::optional<ChatSource> GgufModel::chat() const {
  if (!file_->has("tokenizer.chat_template"))
    return std::nullopt;
  ChatSource source = {file_->name(), file_->text("tokenizer.chat_template"), {}};
  const std::vector<std::string_view> tokens = file_->texts("tokenizer.ggml.tokens");
  for (const char *name : {"bos_token", "eos_token"})
    if (const std::string key = fmt::format("tokenizer.ggml.{}_id", name); file_->has(key))
      source.names.emplace_back(name, tokens.at(static_cast<size_t>(file_->integer(key, 0, std::ssize(tokens) - 1))));
  return source;
}

} // namespace mase::gguf
