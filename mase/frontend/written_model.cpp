// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/written_model.h"

#include "mase/runtime/format_config.h"
#include "mase/support/error.h"
#include "mase/support/output.h"

namespace mase {

namespace fs = std::filesystem;

void checkPlace(const fs::path &directory, const fs::path &source) {
  std::error_code cannotTell;
  if (!fs::exists(directory, cannotTell))
    return;
  if (fs::equivalent(directory, source, cannotTell))
    fail("{}: is the model itself (another folder)", directory.string());
  const bool isOwn = fs::exists(directory / "formats.toml") && fs::exists(directory / "model.safetensors");
  if (fs::is_directory(directory) && !fs::is_empty(directory) && !isOwn)
    fail("{}: holds something else (a new folder, or one that mase quantize wrote)", directory.string());
}

void writeCompanions(Model &model, const nlohmann::ordered_json &config, const fs::path &folder) {
  writeFile(folder / "config.json", config.dump(2) + "\n");
  writeFile(folder / "formats.toml", writeFormatConfig(model.assignment(), model.slots()));
  for (const auto &[name, text] : model.files().otherFiles())
    writeFile(folder / name, text);
}

} // namespace mase
