// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/frontend/model.h"
#include "tools/mase/level.h"

#include <cmath>
#include <fmt/format.h>

namespace mase::cli {

void addLogits(CLI::App &app) {
  CLI::App *command =
      addCommand(app, "logits", "One forward pass: the last position's logits",
                 {"mase logits models/llama-stories-1m --ids 1,382,384",
                  "mase logits models/llama-stories-1m --ids 1,382,384 --level emulated --format mxint4 --json"});
  struct Options {
    std::string model, ids, types;
    LevelOptions level;
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "Hugging Face directory or .mlir file")->required();
  command->add_option("--ids", o->ids, "Token ids, as in 1,2,3")->required();
  command->add_option("--token-types", o->types,
                      "Which text each id belongs to, as in 0,0,1, where the model asks (default: all 0)");
  command->add_flag("--json", o->json, "One JSON object");
  addLevel(*command, o->level);
  command->callback([o] {
    const std::vector<int32_t> ids = parseIds(o->ids);
    const std::vector<int32_t> types = o->types.empty() ? std::vector<int32_t>() : parseIds(o->types, "--token-types");
    Model model = Model::open(o->model);
    const FormatAssignment assignment = resolveLevel(o->level, model);
    Plan plan = model.plan(model.contextFor(static_cast<int64_t>(ids.size())));
    std::vector<float> integers;
    ConstMatrixView logits;
    Sequence sequence(plan);
    if (o->level.bitTrue()) {
      const std::vector<WindowView> text = {{ids, {}}};
      const BitTruePlan bitTrue(plan.graph(), assignment, resolveEdgeFormats(o->level, plan, assignment, text));
      BitTrueSequence rows(bitTrue);
      const WideRows wide = bitTrue.run(rows, ids, nullptr, types);
      integers = toFloats(wide);
      logits = {integers.data(), wide.rows, wide.cols};
    } else {
      plan.prepare(assignment);
      logits = plan.run(sequence, ids, assignment, {.tokenTypes = types});
    }
    double sum = 0, absolute = 0;
    for (int64_t r = 0; r < logits.rows; ++r)
      for (int64_t c = 0; c < logits.cols; ++c) {
        sum += logits.row(r)[c];
        absolute += std::fabs(logits.row(r)[c]);
      }
    const float *last = logits.row(logits.rows - 1);
    if (o->json) {
      print({{"tokens", ids.size()},
             {"last", std::vector<float>(last, last + logits.cols)},
             {"sum", sum},
             {"abs_sum", absolute}});
      return;
    }
    for (int64_t c = 0; c < logits.cols; ++c)
      fmt::print("{} {:.5f}\n", c, last[c]);
  });
}

} // namespace mase::cli
