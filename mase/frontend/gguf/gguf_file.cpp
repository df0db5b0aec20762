// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/gguf/gguf_file.h"

#include "mase/frontend/json.h"
#include "mase/frontend/utf8.h"
#include "mase/support/error.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace mase::gguf {
namespace {

constexpr int64_t mostDimensions = 4;
/// No model has as many elements; products below it do not overflow.
constexpr int64_t mostElements = int64_t{1} << 44;

/// Bytes of a number; 0 for texts and arrays.
size_t sizeOf(ValueType type) {
  constexpr std::array<size_t, 13> sizes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
  return sizes[static_cast<size_t>(type)];
}

class Cursor {
public:
  Cursor(const std::string &file, std::span<const std::byte> bytes) : file_(file), bytes_(bytes) {}

  std::span<const std::byte> take(uint64_t count, const char *what) {
    if (count > bytes_.size() - at_)
      fail("{}: ends inside {} (at byte {} of {})", file_, what, at_, bytes_.size());
    at_ += count;
    return bytes_.subspan(at_ - count, count);
  }
  template <typename T>
  T number(const char *what) {
    T value;
    std::memcpy(&value, take(sizeof(T), what).data(), sizeof(T));
    return value;
  }
  std::string_view text(const char *what) {
    const auto length = number<uint64_t>(what);
    const std::span<const std::byte> bytes = take(length, what);
    return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
  }
  ValueType type(const char *what) {
    const auto type = number<uint32_t>(what);
    if (type > static_cast<uint32_t>(ValueType::f64))
      fail("{}: {} has type {}, which GGUF has none of (at byte {})", file_, what, type, at_);
    return static_cast<ValueType>(type);
  }
  size_t position() const { return at_; }
  size_t left() const { return bytes_.size() - at_; }

private:
  const std::string &file_;
  std::span<const std::byte> bytes_;
  size_t at_ = 0;
};

Value readValue(Cursor &cursor, const std::string &file) {
  Value value;
  value.type = cursor.type("a value");
  if (value.type == ValueType::text) {
    const std::string_view text = cursor.text("a text");
    value.bytes = std::as_bytes(std::span(text));
  } else if (value.type == ValueType::array) {
    value.elementType = cursor.type("an array");
    value.count = cursor.number<uint64_t>("an array");
    if (value.elementType == ValueType::array)
      fail("{}: has an array of arrays (at byte {})", file, cursor.position());
    if (value.elementType != ValueType::text) {
      const size_t size = sizeOf(value.elementType);
      if (value.count > cursor.left() / size)
        fail("{}: an array of {} elements does not fit into the file (at byte {})", file, value.count,
             cursor.position());
      value.bytes = cursor.take(value.count * size, "an array");
    } else {
      Cursor start = cursor;
      for (uint64_t i = 0; i < value.count; ++i)
        cursor.text("an array of texts");
      value.bytes = start.take(cursor.position() - start.position(), "an array of texts");
    }
  } else {
    value.bytes = cursor.take(sizeOf(value.type), "a number");
  }
  return value;
}

TensorEntry readTensor(Cursor &cursor, const std::string &file, uint64_t &offset) {
  TensorEntry tensor;
  tensor.name = cursor.text("a tensor's name");
  const auto dimensions = cursor.number<uint32_t>("a tensor");
  if (dimensions < 1 || dimensions > mostDimensions)
    fail("{}: tensor {} has {} dimensions (1 to {})", file, inQuotes(tensor.name), dimensions, mostDimensions);
  tensor.elements = 1;
  for (uint32_t d = 0; d < dimensions; ++d) {
    const auto size = cursor.number<uint64_t>("a tensor");
    if (size < 1 || size > static_cast<uint64_t>(mostElements / tensor.elements))
      fail("{}: tensor {}: no sensible size: {}", file, inQuotes(tensor.name), size);
    tensor.elements *= static_cast<int64_t>(size);
    tensor.shape.insert(tensor.shape.begin(), static_cast<int64_t>(size));
  }
  const auto type = cursor.number<uint32_t>("a tensor");
  tensor.type = findBlockType(type);
  if (!tensor.type)
    fail("{}: tensor {} has ggml type {} (read: {})", file, inQuotes(tensor.name), type, blockTypeNames());
  if (tensor.shape.back() % tensor.type->elements != 0)
    fail("{}: tensor {}: rows of {} elements are no whole blocks of {}", file, inQuotes(tensor.name),
         tensor.shape.back(), tensor.type->name);
  offset = cursor.number<uint64_t>("a tensor");
  return tensor;
}

/// Which of the file's bytes each tensor has: within the data, aligned, no two the same.
void placeTensors(const std::string &file, std::vector<TensorEntry> &tensors, const std::vector<uint64_t> &offsets,
                  std::span<const std::byte> data, uint64_t alignment) {
  std::vector<std::pair<uint64_t, size_t>> order;
  for (size_t i = 0; i < tensors.size(); ++i) {
    TensorEntry &tensor = tensors[i];
    const auto bytes = static_cast<uint64_t>(tensor.elements / tensor.type->elements * tensor.type->bytes);
    if (offsets[i] % alignment != 0)
      fail("{}: tensor {} begins at {}, no multiple of {}", file, inQuotes(tensor.name), offsets[i], alignment);
    if (offsets[i] > data.size() || bytes > data.size() - offsets[i])
      fail("{}: tensor {} passes the end of the file", file, inQuotes(tensor.name));
    tensor.bytes = data.subspan(offsets[i], bytes);
    order.emplace_back(offsets[i], i);
  }
  std::sort(order.begin(), order.end());
  for (size_t i = 0; i + 1 < order.size(); ++i)
    if (order[i].first + tensors[order[i].second].bytes.size() > order[i + 1].first)
      fail("{}: tensors {} and {} overlap", file, inQuotes(tensors[order[i].second].name),
           inQuotes(tensors[order[i + 1].second].name));
}

} // namespace

File File::open(const std::filesystem::path &path) {
  File file(std::make_shared<MappedFile>(path));
  file.read();
  return file;
}

void File::read() {
  const std::string file = name();
  const std::span<const std::byte> all = file_->bytes();
  Cursor cursor(file, all);
  if (all.size() < 4 || std::memcmp(cursor.take(4, "the header").data(), "GGUF", 4) != 0)
    fail("{}: is no GGUF file (it does not begin with GGUF)", file);
  const auto version = cursor.number<uint32_t>("the header");
  if (version != 2 && version != 3)
    fail("{}: is GGUF of version {} (read: 2 and 3, little-endian)", file, version);
  const auto tensorCount = cursor.number<uint64_t>("the header"), valueCount = cursor.number<uint64_t>("the header");
  for (uint64_t i = 0; i < valueCount; ++i) {
    const std::string_view key = cursor.text("a key");
    // Errors show keys as they are.
    if (!std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < '\x7f'; }))
      fail("{}: the key {} is not ASCII without spaces", file, inQuotes(key));
    values_.emplace_back(key, readValue(cursor, file));
  }
  std::sort(values_.begin(), values_.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
  const auto same = std::adjacent_find(values_.begin(), values_.end(),
                                       [](const auto &a, const auto &b) { return a.first == b.first; });
  if (same != values_.end())
    fail("{}: the key {} stands twice", file, inQuotes(same->first));
  std::vector<uint64_t> offsets;
  for (uint64_t i = 0; i < tensorCount; ++i) {
    offsets.push_back(0);
    tensors_.push_back(readTensor(cursor, file, offsets.back()));
  }
  std::vector<std::string_view> names;
  for (const TensorEntry &tensor : tensors_)
    names.push_back(tensor.name);
  std::sort(names.begin(), names.end());
  if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
    fail("{}: the tensor {} stands twice", file, inQuotes(*twice));
  const auto alignment =
      static_cast<uint64_t>(has("general.alignment") ? integer("general.alignment", 1, 1 << 20) : 32);
  const size_t begin = std::min((cursor.position() + alignment - 1) / alignment * alignment, all.size());
  placeTensors(file, tensors_, offsets, all.subspan(begin), alignment);
}

const Value *File::find(std::string_view key) const {
  const auto found = std::lower_bound(values_.begin(), values_.end(), key,
                                      [](const auto &entry, std::string_view k) { return entry.first < k; });
  return found == values_.end() || found->first != key ? nullptr : &found->second;
}

const Value &File::value(const std::string &key) const {
  const Value *found = find(key);
  if (!found)
    fail("{}: has no {}", name(), key);
  return *found;
}

std::vector<std::string> File::keys(std::string_view prefix) const {
  std::vector<std::string> result;
  for (const auto &[key, value] : values_)
    if (key.starts_with(prefix))
      result.emplace_back(key);
  return result;
}

std::string File::text(const std::string &key) const {
  const Value &found = value(key);
  if (found.type != ValueType::text)
    fail("{}: {} is no text", name(), key);
  return {reinterpret_cast<const char *>(found.bytes.data()), found.bytes.size()};
}

namespace {

template <typename T>
T as(std::span<const std::byte> bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

/// Nothing for what is no integer or too large for 63 bits.
std::optional<int64_t> integerOf(ValueType type, std::span<const std::byte> bytes) {
  switch (type) {
  case ValueType::u8:
    return as<uint8_t>(bytes);
  case ValueType::i8:
    return as<int8_t>(bytes);
  case ValueType::u16:
    return as<uint16_t>(bytes);
  case ValueType::i16:
    return as<int16_t>(bytes);
  case ValueType::u32:
    return as<uint32_t>(bytes);
  case ValueType::i32:
    return as<int32_t>(bytes);
  case ValueType::i64:
    return as<int64_t>(bytes);
  case ValueType::u64:
    return as<uint64_t>(bytes) > INT64_MAX ? std::nullopt : std::optional(static_cast<int64_t>(as<uint64_t>(bytes)));
  default:
    return std::nullopt;
  }
}

} // namespace

int64_t File::integer(const std::string &key, int64_t least, int64_t most) const {
  const Value &found = value(key);
  const std::optional<int64_t> number = integerOf(found.type, found.bytes);
  if (!number || *number < least || *number > most)
    fail("{}: {} is no integer from {} to {}", name(), key, least, most);
  return *number;
}

double File::number(const std::string &key) const {
  const Value &found = value(key);
  if (found.type == ValueType::f32)
    return as<float>(found.bytes);
  if (found.type == ValueType::f64)
    return as<double>(found.bytes);
  fail("{}: {} is no number", name(), key);
}

bool File::flag(const std::string &key) const {
  const Value &found = value(key);
  if (found.type != ValueType::boolean || as<uint8_t>(found.bytes) > 1)
    fail("{}: {} is neither true nor false", name(), key);
  return as<uint8_t>(found.bytes) == 1;
}

const Value &File::arrayOf(const std::string &key, ValueType element, const char *what) const {
  const Value &found = value(key);
  if (found.type != ValueType::array || found.elementType != element)
    fail("{}: {} is no array of {}", name(), key, what);
  return found;
}

std::vector<std::string_view> File::texts(const std::string &key) const {
  const Value &array = arrayOf(key, ValueType::text, "texts");
  const std::string file = name();
  Cursor cursor(file, array.bytes);
  std::vector<std::string_view> result(array.count);
  for (std::string_view &text : result) {
    text = cursor.text("an array of texts");
    if (firstInvalidUtf8(text) != std::string_view::npos)
      fail("{}: {} holds a text that is not UTF-8", file, key);
  }
  return result;
}

std::vector<int32_t> File::integers(const std::string &key) const {
  const Value &array = arrayOf(key, ValueType::i32, "32-bit integers");
  std::vector<int32_t> result(array.count);
  std::memcpy(result.data(), array.bytes.data(), array.bytes.size());
  return result;
}

std::vector<float> File::floats(const std::string &key) const {
  const Value &array = arrayOf(key, ValueType::f32, "32-bit floats");
  std::vector<float> result(array.count);
  std::memcpy(result.data(), array.bytes.data(), array.bytes.size());
  return result;
}

} // namespace mase::gguf
