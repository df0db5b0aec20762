// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/frontend/exported_model.h"
#include "tools/mase/level.h"

#include <fmt/format.h>

namespace mase::cli {

void addExport(CLI::App &app) {
  CLI::App *command = addCommand(
      app, "export", "Writes a model as a Hugging Face folder, its weights with the values that its formats give them",
      {"mase export models/llama-stories-1m --format mxint4 -o out/llama-mxint4-values",
       "mase export models/llama-stories-1m --format mxint6:1x16 --dtype bf16 -o out/llama-mxint6-bf16"});
  struct Options {
    std::string model, output, dtype = "fp32";
    LevelOptions level;
  };
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "Any model: a Hugging Face directory, packed or not, .gguf, an adapter, .mlir")
      ->required();
  command->add_option("-o,--output", o->output, "The folder to write")->required();
  command->add_option("--dtype", o->dtype, "What all numbers are stored in: fp32, or bf16, which may round them")
      ->check(CLI::IsMember({"fp32", "bf16"}))
      ->capture_default_str();
  addFormats(*command, o->level);
  command->callback([o] {
    Model model = Model::open(o->model);
    model.assign(resolveLevel(o->level, model));
    const ExportReport report =
        exportModel(model, o->dtype == "bf16" ? ExportDtype::bf16 : ExportDtype::fp32, o->output);
    fmt::print("{} quantised weights written as {} to {}\n", report.weights, o->dtype, o->output);
    if (report.weights > 0)
      fmt::print("activations: other programs run it with float ones; their formats are in {}\n",
                 (std::filesystem::path(o->output) / "formats.toml").string());
    if (report.untied)
      fmt::print("the head has a tensor of its own: it is quantised, the embedding it was tied to is not\n");
    if (report.rounded > 0)
      fmt::print("{} numbers are rounded by bf16 (--dtype fp32 keeps them)\n", report.rounded);
  });
}

} // namespace mase::cli
