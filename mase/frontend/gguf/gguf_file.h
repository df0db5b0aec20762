// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A GGUF file, versions 2 and 3, little-endian: metadata by key, tensors that lie in the mapping.
///
/// Opening reads the header alone. Every count, length and offset is checked against the bytes that are there before
/// anything is reserved for it; keys and tensors are unique, tensors stay inside the file and do not overlap.
/// Errors  InputError, from every function, with the file's name.
/// Source  https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
#pragma once

#include "mase/frontend/gguf/block_types.h"
#include "mase/support/mapped_file.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mase::gguf {

/// The types of metadata, as the file numbers them.
enum class ValueType : uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, text, array, u64, i64, f64 };

/// A value of the metadata, where it lies in the file. An array's elements are in `bytes`, one behind the other.
struct Value {
  ValueType type = ValueType::u8;
  ValueType elementType = ValueType::u8; // of an array
  uint64_t count = 0;                    // elements of an array
  std::span<const std::byte> bytes;      // of a text its characters
};

struct TensorEntry {
  std::string_view name;
  std::vector<int64_t> shape; // slowest first, as everywhere in this program (the file has them the other way round)
  const BlockType *type = nullptr;
  int64_t elements = 0;
  std::span<const std::byte> bytes;
};

class File {
public:
  static File open(const std::filesystem::path &path);

  std::string name() const { return file_->path().string(); }
  const MappedFile &mapping() const { return *file_; }
  std::span<const TensorEntry> tensors() const { return tensors_; }

  bool has(std::string_view key) const { return find(key) != nullptr; }
  /// The keys that begin so.
  std::vector<std::string> keys(std::string_view prefix) const;
  std::string text(const std::string &key) const;
  /// Any integer type, within bounds.
  int64_t integer(const std::string &key, int64_t least, int64_t most) const;
  double number(const std::string &key) const;
  bool flag(const std::string &key) const;
  std::vector<std::string_view> texts(const std::string &key) const;
  std::vector<int32_t> integers(const std::string &key) const;
  std::vector<float> floats(const std::string &key) const;

private:
  explicit File(std::shared_ptr<const MappedFile> file) : file_(std::move(file)) {}
  void read();
  const Value *find(std::string_view key) const;
  const Value &value(const std::string &key) const;
  const Value &arrayOf(const std::string &key, ValueType element, const char *what) const;

  std::shared_ptr<const MappedFile> file_;
  std::vector<std::pair<std::string_view, Value>> values_; // by key
  std::vector<TensorEntry> tensors_;
};

} // namespace mase::gguf
