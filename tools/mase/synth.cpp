// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/report/model_synthesis.h"
#include "mase/report/synth_json.h"
#include "mase/rtl/emitted_linear.h"
#include "mase/support/error.h"
#include "mase/support/nearest_name.h"

#include <fmt/format.h>

namespace mase::cli {

void addSynth(CLI::App &app) {
  CLI::App *command =
      addCommand(app, "synth", "Synthesises one linear of an emitted design with Yosys, or all of its model",
                 {"mase synth out/rtl", "mase synth out/rtl --linear model.layers.0.self_attn.k_proj --json"});
  struct Options {
    std::string folder, linear;
    std::string part = "linear";
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("RTL", o->folder, "A folder that mase emit wrote")->required();
  command->add_option("--linear", o->linear, "Which one (default: the one of the smallest predicted area)");
  command->add_option("--part", o->part, "linear: one, alone; model: every kind of module of the whole model")
      ->check(CLI::IsMember({"linear", "model"}))
      ->capture_default_str();
  command->add_flag("--json", o->json, "One JSON object");
  command->callback([o] {
    if (o->part == "model") {
      if (!o->linear.empty())
        fail("synth: --linear chooses one linear, and --part model takes all of them");
      const ModelSynthesis synthesis = synthesizeModel(o->folder);
      if (o->json)
        return print(toJson(synthesis));
      fmt::print("{}", describe(synthesis));
      return;
    }
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
