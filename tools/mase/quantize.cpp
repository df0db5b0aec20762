// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/frontend/model.h"
#include "mase/frontend/packed_model.h"
#include "mase/support/output.h"
#include "tools/mase/level.h"

#include <fmt/format.h>

namespace mase::cli {

void addQuantize(CLI::App &app) {
  CLI::App *command = addCommand(
      app, "quantize", "Writes a model with its weights packed, or its IR with formats on the operands of linears",
      {"mase quantize models/llama-stories-1m --format mxint4 -o out/llama-mxint4",
       "mase quantize models/llama-stories-1m --format mxint6:1x16 -o out/q6.mlir"});
  struct Options {
    std::string model, output;
    LevelOptions level{"emulated", {}, {}};
  };
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "Hugging Face directory, packed or not, or .mlir file")->required();
  command->add_option("-o,--output", o->output,
                      "A folder for the model with its weights packed, or a .mlir file for the IR (default: the IR on "
                      "standard output)");
  addFormats(*command, o->level);
  command->callback([o] {
    Model model = Model::open(o->model);
    model.assign(resolveLevel(o->level, model));
    if (o->output.empty())
      return fmt::print("{}", model.text("./standard-output.mlir"));
    if (std::filesystem::path(o->output).extension() != ".mlir")
      return writePackedModel(model, o->output);
    writeFile(o->output, model.text(o->output));
  });
}

} // namespace mase::cli
