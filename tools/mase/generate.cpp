// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/rtl/rtl_generator.h"
#include "mase/runtime/generate.h"
#include "mase/support/error.h"
#include "mase/support/progress.h"
#include "tools/mase/external_options.h"
#include "tools/mase/level.h"

#include <fmt/format.h>

namespace mase::cli {
namespace {

void checkSameModel(const ModelFolder &hardware, const Plan &plan, const std::string &folder) {
  if (hardware.design.assignment.size() != plan.slots().size() ||
      hardware.design.edges.output.size() != plan.graph().steps.size())
    fail("{}: was emitted from another model, '{}'", folder, hardware.design.model);
}

} // namespace

void addGenerate(CLI::App &app) {
  CLI::App *command = addCommand(
      app, "generate", "Continues a text, choosing the most likely token each time",
      {"mase generate models/llama-stories-1m \"Once upon a time\"",
       "mase generate models/llama-stories-1m \"Once upon a time\" --format mxint6 --level bit-true --tokens 40"});
  struct Options {
    std::string model, prompt, ids, rtl;
    int64_t tokens = 64;
    LevelOptions level;
    MemoryOverride memory;
    bool json = false, ignoreEos = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "Hugging Face directory or .mlir file")->required();
  command->add_option("PROMPT", o->prompt, "Text to continue");
  command->add_option("--ids", o->ids, "Token ids to continue, in place of PROMPT");
  command->add_option("--tokens", o->tokens, "Most tokens to add")->check(CLI::Range(1, 1 << 20));
  command->add_flag("--ignore-eos", o->ignoreEos, "Go on past the end-of-text token");
  command->add_flag("--json", o->json, "One JSON object");
  addLevel(*command, o->level);
  command->add_option("--rtl", o->rtl,
                      "A folder that mase emit wrote: its hardware writes the text, in simulation, compared with the "
                      "integer model bit by bit");
  addMemoryOptions(*command, o->memory);
  command->callback([o] {
    if (!o->rtl.empty() && (!o->level.level.empty() || !o->level.format.empty() || !o->level.config.empty()))
      fail("generate: --rtl and a level or formats are both given (the folder says the formats)");
    if (o->prompt.empty() == o->ids.empty())
      fail("generate: give either a PROMPT or --ids");
    Model model = Model::open(o->model);
    if (model.config().classes > 0)
      fail("{}: classifies texts and continues none (mase logits, or mase eval --task sst2)", o->model);
    const Tokenizer &tokenizer = model.tokenizer();
    std::vector<int32_t> ids = o->ids.empty() ? tokenizer.encode(o->prompt) : parseIds(o->ids);
    std::optional<ModelFolder> hardware;
    if (!o->rtl.empty()) {
      hardware = readModel(o->rtl);
      MemoryTiming &memory = hardware->design.netlist.external.memory;
      memory = o->memory.over(memory);
    }
    const FormatAssignment assignment = hardware ? hardware->design.assignment : resolveLevel(o->level, model);
    const auto prompt = static_cast<int64_t>(ids.size());
    model.contextFor(prompt); // a prompt that is too long is refused before it is shown
    Plan plan =
        model.plan(hardware ? hardware->design.context : std::min(model.config().maxPositions, prompt + o->tokens));
    if (hardware)
      checkSameModel(*hardware, plan, o->rtl);
    GenerateOptions options = {o->tokens, o->ignoreEos ? std::vector<int32_t>{} : model.config().eosIds};
    const double start = secondsNow();
    // Text appears as tokens do; a character cut in the middle waits for its other bytes.
    StreamDecoder decoder(tokenizer);
    const auto show = [&](const std::string &text) {
      if (!o->json)
        fmt::print("{}", text);
      std::fflush(stdout);
    };
    for (int32_t id : ids)
      show(decoder.push(id));
    std::unique_ptr<BitTruePlan> integers;
    if (hardware) {
      integers = std::make_unique<BitTruePlan>(plan.graph(), assignment, hardware->design.edges);
    } else if (o->level.bitTrue()) {
      // Static scales that no file gives are calibrated on what the float model makes of the prompt.
      std::vector<int32_t> written = ids;
      generate(*generator(plan, plan.uniform(fp32())), written, options);
      written.pop_back(); // nobody has read it
      const std::vector<WindowView> text = {{written, {}}};
      integers =
          std::make_unique<BitTruePlan>(plan.graph(), assignment, resolveEdgeFormats(o->level, plan, assignment, text));
    }
    std::unique_ptr<Generator> writer;
    const RtlGenerator *simulated = nullptr;
    if (hardware) {
      auto rtl = std::make_unique<RtlGenerator>(*hardware, *integers, "");
      simulated = rtl.get();
      writer = std::move(rtl);
    } else {
      writer = integers ? generator(*integers) : generator(plan, assignment);
    }
    generate(*writer, ids, options, [&](const std::vector<int32_t> &soFar) { show(decoder.push(soFar.back())); });
    show(decoder.finish());
    const double rate = static_cast<double>(static_cast<int64_t>(ids.size()) - prompt) / (secondsNow() - start);
    nlohmann::ordered_json report = {{"ids", ids}, {"text", tokenizer.decode(ids)}, {"tokens_per_second", rate}};
    if (simulated) {
      report["beats"] = simulated->compared();
      report["cycles"] = simulated->cycles();
      report["predicted_cycles"] = simulated->predictedCycles();
    }
    if (o->json)
      print(report);
    else
      fmt::print("\n");
    if (simulated && !o->json)
      fmt::print(stderr, "{} beats compared, none differs; {} cycles, {} predicted\n", simulated->compared(),
                 simulated->cycles(), simulated->predictedCycles());
  });
}

} // namespace mase::cli
