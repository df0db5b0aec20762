// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/json.h"
#include "mase/frontend/safetensors.h"
#include "mase/support/error.h"

#include <set>

namespace mase {
namespace {
namespace fs = std::filesystem;

/// The shards must stand beside the index: a name with a folder in it could make us read any file of the user's.
void checkShardName(const std::string &index, const std::string &name) {
  if (name.find('/') != std::string::npos || fs::path(name).extension() != ".safetensors" ||
      name.find('\0') != std::string::npos)
    fail("{}: {} is not the name of a .safetensors file beside the index", index, inQuotes(name));
}

} // namespace

TensorTable TensorTable::openIndex(const fs::path &path) {
  const std::string index = path.string();
  Json json = parseJson(index, readTextFile(path));
  JsonObject weightMap = JsonObject(index, json).object("weight_map");

  std::set<std::string> shards;
  for (auto &[name, value] : weightMap.value().items()) {
    std::string shard = weightMap.text(name.c_str());
    checkShardName(index, shard);
    shards.insert(shard);
  }
  TensorTable table;
  for (const std::string &shard : shards)
    table.add(path.parent_path() / shard);
  table.sortAndCheckUnique();

  for (auto &[name, value] : weightMap.value().items()) {
    const Tensor *tensor = table.find(name);
    if (!tensor || fs::path(tensor->file).filename() != value.get_ref<const std::string &>())
      fail("{}: tensor {} is not in {}", index, inQuotes(name), value.get<std::string>());
  }
  for (const Tensor &tensor : table.tensors())
    if (!weightMap.value().contains(tensor.name))
      fail("{}: tensor {} of {} is not in the index", index, inQuotes(tensor.name), tensor.file);
  return table;
}

TensorTable openSafetensors(const fs::path &modelDir) {
  std::error_code cannotTell; // an error here is one when the file is opened
  if (!fs::is_directory(modelDir, cannotTell))
    fail("{}: is not a model directory", modelDir.string());
  if (fs::path file = modelDir / "model.safetensors"; fs::exists(file, cannotTell))
    return TensorTable::openFile(file);
  if (fs::path index = modelDir / "model.safetensors.index.json"; fs::exists(index, cannotTell))
    return TensorTable::openIndex(index);
  fail("{}: holds neither model.safetensors nor model.safetensors.index.json", modelDir.string());
}

} // namespace mase
