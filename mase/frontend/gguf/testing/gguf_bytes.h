// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// For tests: the bytes of a GGUF file, put together value by value.
///
/// Nothing is checked, so that wrong files can be made, too: each part may be replaced before `bytes()` joins them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mase::gguf::testing {

template <typename T>
std::string raw(T value) {
  return {reinterpret_cast<const char *>(&value), sizeof value};
}
inline std::string text(std::string_view value) {
  return raw(static_cast<uint64_t>(value.size())) + std::string(value);
}

struct Bytes {
  uint32_t version = 3;
  std::vector<std::string> values;  // key, type, value
  std::vector<std::string> tensors; // name, shape, type, offset
  std::string data;                 // behind the header, whose end is padded
  uint64_t alignment = 32;

  void addText(std::string_view key, std::string_view value) {
    values.push_back(text(key) + raw<uint32_t>(8) + text(value));
  }
  void addInteger(std::string_view key, uint32_t value) { values.push_back(text(key) + raw<uint32_t>(4) + raw(value)); }
  void addNumber(std::string_view key, float value) { values.push_back(text(key) + raw<uint32_t>(6) + raw(value)); }
  void addFlag(std::string_view key, bool value) {
    values.push_back(text(key) + raw<uint32_t>(7) + raw(static_cast<uint8_t>(value)));
  }
  void addTexts(std::string_view key, const std::vector<std::string> &all) {
    std::string value = text(key) + raw<uint32_t>(9) + raw<uint32_t>(8) + raw<uint64_t>(all.size());
    for (const std::string &one : all)
      value += text(one);
    values.push_back(value);
  }
  void addIntegers(std::string_view key, const std::vector<int32_t> &all) {
    std::string value = text(key) + raw<uint32_t>(9) + raw<uint32_t>(5) + raw<uint64_t>(all.size());
    for (const int32_t one : all)
      value += raw(one);
    values.push_back(value);
  }
  void addFloats(std::string_view key, const std::vector<float> &all) {
    std::string value = text(key) + raw<uint32_t>(9) + raw<uint32_t>(6) + raw<uint64_t>(all.size());
    for (const float one : all)
      value += raw(one);
    values.push_back(value);
  }
  /// `shape` as everywhere, slowest first. The data are appended, aligned.
  void addTensor(std::string_view name, const std::vector<int64_t> &shape, uint32_t type, std::string_view bytes) {
    data.resize((data.size() + alignment - 1) / alignment * alignment);
    std::string entry = text(name) + raw(static_cast<uint32_t>(shape.size()));
    for (size_t d = shape.size(); d-- > 0;)
      entry += raw(shape[d]);
    tensors.push_back(entry + raw(type) + raw<uint64_t>(data.size()));
    data += bytes;
  }
  std::string bytes() const {
    std::string all = "GGUF" + raw(version) + raw<uint64_t>(tensors.size()) + raw<uint64_t>(values.size());
    for (const std::string &value : values)
      all += value;
    for (const std::string &tensor : tensors)
      all += tensor;
    all.resize((all.size() + alignment - 1) / alignment * alignment);
    return all + data;
  }
};

} // namespace mase::gguf::testing
