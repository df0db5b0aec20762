// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/frontend/model.h"
#include "mase/support/output.h"

#include <fmt/format.h>

namespace mase::cli {

void addImport(CLI::App &app) {
  CLI::App *command =
      addCommand(app, "import", "Writes a model's IR; weights stay where they are",
                 {"mase import models/llama-stories-1m -o out/m.mlir", "mase import models/llama-stories-1m"});
  auto model = std::make_shared<std::string>(), output = std::make_shared<std::string>();
  command->add_option("MODEL", *model, "Hugging Face directory")->required();
  command->add_option("-o,--output", *output, "The .mlir file (default: standard output)");
  command->callback([model, output] {
    Model opened = Model::open(*model);
    if (output->empty())
      return fmt::print("{}", opened.text("./standard-output.mlir"));
    writeFile(*output, opened.text(*output));
  });
}

} // namespace mase::cli
