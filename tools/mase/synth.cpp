// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/report/synth_json.h"
#include "mase/rtl/emitted_linear.h"
#include "mase/support/error.h"
#include "mase/support/nearest_name.h"

#include <fmt/format.h>

namespace mase::cli {

void addSynth(CLI::App &app) {
  CLI::App *command =
      addCommand(app, "synth", "Synthesises one linear of an emitted design with Yosys",
                 {"mase synth out/rtl", "mase synth out/rtl --linear model.layers.0.self_attn.k_proj --json"});
  struct Options {
    std::string folder, linear;
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("RTL", o->folder, "A folder that mase emit wrote")->required();
  command->add_option("--linear", o->linear, "Which one (default: the one of the smallest predicted area)");
  command->add_flag("--json", o->json, "One JSON object");
  command->callback([o] {
    const std::vector<EmittedLinear> linears = emittedLinears(o->folder);
    const EmittedLinear *chosen = nullptr;
    std::vector<std::string> names;
    for (const EmittedLinear &linear : linears) {
      names.push_back(linear.name);
      if (o->linear.empty() ? !chosen || linearArea(linear.config).lut < linearArea(chosen->config).lut
                            : linear.name == o->linear)
        chosen = &linear;
    }
    if (!chosen)
      fail("{}: has no linear '{}' ({})", o->folder, o->linear, nameHint(o->linear, names));
    const SynthesisReport report =
        synthesisReport(chosen->name, chosen->config, std::filesystem::path(o->folder) / "sv");
    if (o->json)
      return print(toJson(report));
    fmt::print("{}", describe(report));
  });
}

} // namespace mase::cli
