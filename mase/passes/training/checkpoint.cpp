// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/training/checkpoint.h"

#include "mase/frontend/safetensors.h"
#include "mase/frontend/safetensors_writer.h"
#include "mase/support/error.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mase {
namespace {
namespace fs = std::filesystem;

struct Part {
  std::string name;
  std::span<float> values;
};

// All that training changes. Names are numbered: views of one tensor are weights of their own.
std::vector<Part> partsOf(TrainingPlan &plan) {
  std::vector<Part> parts;
  const std::vector<TrainingPlan::Parameter> parameters = plan.parameters();
  for (size_t i = 0; i < parameters.size(); ++i) {
    const TrainingPlan::Parameter &p = parameters[i];
    const std::string name = fmt::format("{:05} {}", i, p.name);
    parts.push_back({name + " weight", {p.values.data, p.m->size()}});
    parts.push_back({name + " m", *p.m});
    parts.push_back({name + " v", *p.v});
  }
  return parts;
}

// The metadata of a file whose header has been checked: JSON behind 8 bytes of its length.
std::string keyOf(const fs::path &file) {
  const MappedFile mapped(file);
  uint64_t length = 0;
  std::memcpy(&length, mapped.bytes().data(), sizeof length);
  const std::string text(reinterpret_cast<const char *>(mapped.bytes().data()) + sizeof length, length);
  const auto json = nlohmann::json::parse(text, nullptr, false);
  const auto metadata = json.find("__metadata__");
  return metadata == json.end() ? std::string() : metadata->value("training", std::string());
}

} // namespace

void writeCheckpoint(const fs::path &file, const std::string &key, TrainingPlan &plan,
                     const TrainingProgress &progress) {
  std::vector<TensorEntry> entries;
  const std::vector<Part> parts = partsOf(plan);
  for (const Part &part : parts)
    entries.push_back({part.name, "F32", {std::ssize(part.values)}, static_cast<int64_t>(part.values.size_bytes())});
  entries.push_back({"losses", "F32", {std::ssize(progress.losses)}, 4 * std::ssize(progress.losses)});
  if (file.has_parent_path())
    fs::create_directories(file.parent_path());
  const fs::path staging = file.string() + ".new";
  SafetensorsWriter writer(staging, {{"training", key}}, entries);
  for (const Part &part : parts)
    writer.write(part.name, std::as_bytes(part.values));
  writer.write("losses", std::as_bytes(std::span(progress.losses)));
  writer.finish();
  std::error_code error;
  fs::rename(staging, file, error);
  if (error)
    fail("{}: cannot be written: {} (a folder that may be written to is right)", file.string(), error.message());
}

std::optional<TrainingProgress> readCheckpoint(const fs::path &file, const std::string &key, TrainingPlan &plan) {
  if (!fs::exists(file))
    return std::nullopt;
  const TensorTable table = TensorTable::openFile(file);
  const std::string began = keyOf(file);
  if (began != key)
    fail("{}: is of a training that began otherwise (remove it, or repeat that command: {})", file.string(), began);
  for (const Part &part : partsOf(plan)) {
    const Tensor *tensor = table.find(part.name);
    if (!tensor || tensor->elements != std::ssize(part.values) || tensor->dtype != Dtype::F32)
      fail("{}: has no tensor '{}' of {} numbers (remove the file to begin anew)", file.string(), part.name,
           part.values.size());
    std::copy_n(tensor->bytes.data(), tensor->bytes.size(), reinterpret_cast<std::byte *>(part.values.data()));
  }
  TrainingProgress progress;
  const Tensor *losses = table.find("losses");
  if (!losses || losses->dtype != Dtype::F32)
    fail("{}: has no losses (remove the file to begin anew)", file.string());
  progress.losses.resize(static_cast<size_t>(losses->elements));
  std::copy_n(losses->bytes.data(), losses->bytes.size(), reinterpret_cast<std::byte *>(progress.losses.data()));
  progress.step = std::ssize(progress.losses);
  return progress;
}

} // namespace mase
