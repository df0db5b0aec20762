// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/safetensors_writer.h"

#include "mase/frontend/safetensors.h"
#include "mase/support/error.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

namespace mase {

SafetensorsWriter::SafetensorsWriter(const std::filesystem::path &path,
                                     const std::map<std::string, std::string> &metadata,
                                     std::vector<TensorEntry> tensors)
    : path_(path), stream_(path, std::ios::binary) {
  std::sort(tensors.begin(), tensors.end(), [](const TensorEntry &a, const TensorEntry &b) {
    return std::pair(-dtypeBits(a.dtype), std::string_view(a.name)) <
           std::pair(-dtypeBits(b.dtype), std::string_view(b.name));
  });
  nlohmann::ordered_json header;
  header["__metadata__"] = metadata;
  int64_t reached = 0;
  for (const TensorEntry &tensor : tensors) {
    header[tensor.name] = {
        {"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {reached, reached + tensor.bytes}}};
    places_[tensor.name] = {reached, tensor.bytes};
    reached += tensor.bytes;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const uint64_t length = text.size();
  stream_.write(reinterpret_cast<const char *>(&length), sizeof length);
  stream_.write(text.data(), static_cast<std::streamsize>(text.size()));
  check();
  for (auto &[name, place] : places_)
    place.first += static_cast<int64_t>(sizeof length + length);
}

void SafetensorsWriter::write(const std::string &name, std::span<const std::byte> bytes) {
  const auto place = places_.find(name);
  assert(place != places_.end() && place->second.second == static_cast<int64_t>(bytes.size()));
  stream_.seekp(place->second.first);
  stream_.write(reinterpret_cast<const char *>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  check();
  places_.erase(place);
}

void SafetensorsWriter::finish() {
  assert(places_.empty() && "every tensor is written");
  stream_.close();
  check();
}

void SafetensorsWriter::check() {
  if (!stream_)
    fail("{}: cannot be written: {}", path_.string(), std::strerror(errno));
}

} // namespace mase
