// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/operator_area.h"

#include "mase/hardware/linear_area.h"
#include "mase/hardware/operator_area_model.h"
#include "mase/ops/linear/linear_module.h"
#include "mase/support/data_files.h"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <map>
#include <mutex>

namespace fs = std::filesystem;

namespace mase {
namespace {

/// The model of a module, null where there is none.
const OperatorAreaModel *modelOf(const std::string &module) {
  static std::mutex mutex;
  static std::map<std::string, std::optional<OperatorAreaModel>> models;
  const std::lock_guard lock(mutex);
  const auto [at, isNew] = models.try_emplace(module);
  if (isNew)
    for (const fs::path &file : operatorAreaFiles())
      if (file.stem() == module)
        at->second = readOperatorAreaModel(file);
  return at->second ? &*at->second : nullptr;
}

} // namespace

std::vector<fs::path> operatorAreaFiles() {
  std::vector<fs::path> files;
  for (const fs::directory_entry &folder : fs::directory_iterator(dataFile("mase/ops"))) {
    if (!fs::is_directory(folder.path() / "cost"))
      continue;
    for (const fs::directory_entry &entry : fs::directory_iterator(folder.path() / "cost"))
      if (entry.path().filename().string().starts_with("mase_"))
        files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<Area> predictedArea(const HardwareModule &module) {
  if (module.weight)
    return linearArea(linearConfigOf(module));
  const OperatorAreaModel *model = modelOf(module.module);
  if (!model)
    return std::nullopt;
  std::vector<std::pair<std::string, int64_t>> parameters;
  for (const auto &[name, value] : module.parameters)
    if (value.find('\'') == std::string::npos) // no table
      parameters.emplace_back(name, std::stoll(value));
  return model->predict(parameters);
}

AreaError areaError(const HardwareModule &module) {
  if (module.weight)
    return {linearAreaModel().lut.meanError, linearAreaModel().ff.meanError};
  const OperatorAreaModel *model = modelOf(module.module);
  return model ? AreaError{model->lut.meanError, model->ff.meanError} : AreaError{};
}

Area fifoArea(int64_t widthBits, int64_t depth) {
  HardwareModule fifo;
  fifo.module = "mase_row_fifo";
  fifo.parameters = {{"Width", fmt::format("{}", widthBits)}, {"Depth", fmt::format("{}", depth)}};
  const std::optional<Area> area = predictedArea(fifo);
  assert(area);
  return *area;
}

} // namespace mase
