// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/frontend/stop_texts.h"
#include "mase/rtl/rtl_generator.h"
#include "mase/runtime/corpus.h"
#include "mase/support/error.h"
#include "mase/support/output.h"
#include "mase/support/progress.h"
#include "tools/mase/chat.h"
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

/// The options that ask for tokens to be drawn, and what they say.
struct SamplingFlags {
  CLI::Option *temperature, *topK, *topP, *seed;
  SamplingOptions options;

  void addTo(CLI::App &command) {
    temperature = command.add_option("--temperature", options.temperature,
                                     "Draw each token, from logits divided by this: below 1 likely ones more often");
    topK = command.add_option("--top-k", options.topK, "Draw each token, from the K most likely ones; 0: from all");
    topP = command.add_option("--top-p", options.topP,
                              "Draw each token, from the fewest most likely ones that have this much of the "
                              "probability; 1: from all");
    seed = command.add_option("--seed", options.seed, "Of what is drawn: the same gives the same text")
               ->check(CLI::NonNegativeNumber);
  }
  /// Nothing where no option asks for it.
  std::optional<TokenSampler> sampler(bool isHardware, bool isCorpus) const {
    const bool draws = temperature->count() + topK->count() + topP->count() > 0;
    if (isHardware && (draws || seed->count() > 0))
      fail("generate: --rtl takes the most likely token each time (leave out --temperature, --top-k, --top-p, --seed)");
    if (!draws && !isCorpus && seed->count() > 0)
      fail("generate: --seed alone draws nothing (--temperature, --top-k or --top-p does)");
    return draws ? std::optional(TokenSampler(options)) : std::nullopt;
  }
};

/// Texts of at least so many tokens, drawn one after the other from the beginning, with an empty line between them.
void writeCorpus(Model &model, const FormatAssignment &assignment, const SamplingOptions &sampling, int64_t tokens,
                 const std::string &file) {
  const Tokenizer &tokenizer = model.tokenizer();
  std::vector<int32_t> prompt = tokenizer.encode("");
  if (prompt.empty() && !model.config().eosIds.empty())
    prompt = {model.config().eosIds.front()}; // what ends a text begins the next
  Plan plan = model.plan(model.contextFor(0));
  ProgressBar bar("corpus", tokens);
  const auto texts = sampleCorpus(plan, assignment, prompt, sampling, {plan.maxRows(), model.config().eosIds}, tokens,
                                  [&](int64_t done) { bar.update(std::min(done, tokens)); });
  std::string all;
  for (const std::vector<int32_t> &ids : texts) {
    std::string text = tokenizer.decode(ids);
    const size_t begin = text.find_first_not_of(" \n"), end = text.find_last_not_of(" \n");
    if (begin != std::string::npos)
      all += (all.empty() ? "" : "\n") + text.substr(begin, end + 1 - begin) + "\n";
  }
  if (file.empty())
    fmt::print("{}", all);
  else
    writeFile(file, all);
}

} // namespace

void addGenerate(CLI::App &app) {
  CLI::App *command = addCommand(
      app, "generate", "Continues a text, with the most likely token each time or one that is drawn",
      {"mase generate models/llama-stories-1m \"Once upon a time\" --temperature 0.8 --top-p 0.95 --seed 1",
       "mase generate models/llama-stories-1m \"Once upon a time\" --format mxint6 --level bit-true --tokens 40"});
  struct Options {
    std::string model, prompt, ids, rtl, system, output;
    int64_t corpus = 0;
    std::vector<std::string> stops;
    int64_t tokens = 64;
    SamplingFlags sampling;
    LevelOptions level;
    MemoryOverride memory;
    bool json = false, ignoreEos = false, chat = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "Hugging Face directory or .mlir file")->required();
  command->add_option("PROMPT", o->prompt, "Text to continue");
  command->add_option("--ids", o->ids, "Token ids to continue, in place of PROMPT");
  command->add_flag("--chat", o->chat, "Talks: each line of the input is a turn, the model's chat template is used");
  command->add_option("--system", o->system, "What the model is told before the first turn, with --chat");
  command->add_option("--tokens", o->tokens, "Most tokens to add")->check(CLI::Range(1, 1 << 20));
  command->add_flag("--ignore-eos", o->ignoreEos, "Go on past the end-of-text token");
  o->sampling.addTo(*command);
  command
      ->add_option("--corpus", o->corpus,
                   "Draws whole texts from the beginning, until they have so many tokens: to train on (mase train)")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 40));
  command->add_option("-o,--output", o->output, "A file for the corpus (default: standard output)");
  command->add_option("--stop", o->stops, "Ends in front of this text; may be given several times")
      ->allow_extra_args(false);
  command->add_flag("--json", o->json, "One JSON object");
  addLevel(*command, o->level);
  command->add_option("--rtl", o->rtl,
                      "A folder that mase emit wrote: its hardware writes the text, in simulation, compared with the "
                      "integer model bit by bit");
  addMemoryOptions(*command, o->memory);
  command->callback([o] {
    if (!o->rtl.empty() && (!o->level.level.empty() || !o->level.format.empty() || !o->level.config.empty()))
      fail("generate: --rtl and a level or formats are both given (the folder says the formats)");
    if (o->chat + !o->prompt.empty() + !o->ids.empty() + (o->corpus > 0) != 1)
      fail("generate: give either a PROMPT, --ids, --chat or --corpus");
    if (!o->output.empty() && o->corpus == 0)
      fail("generate: --output goes with --corpus");
    if (o->corpus > 0 && (o->json || !o->rtl.empty() || o->level.bitTrue()))
      fail("generate: --corpus draws text at level float or emulated (leave out --json, --rtl, --level bit-true)");
    if (!o->system.empty() && !o->chat)
      fail("generate: --system goes with --chat");
    if (o->chat && (o->json || !o->rtl.empty() || o->level.bitTrue()))
      fail("generate: --chat prints text as it comes, at level float or emulated (leave out --json, --rtl, --level "
           "bit-true)");
    const std::optional<TokenSampler> sampler = o->sampling.sampler(!o->rtl.empty(), o->corpus > 0);
    StopTexts stops(o->stops);
    Model model = Model::open(o->model);
    if (model.config().classes > 0)
      fail("{}: classifies texts and continues none (mase logits, or mase eval --task sst2)", o->model);
    if (o->chat)
      return chat(model, resolveLevel(o->level, model),
                  {o->system, o->stops, o->tokens, o->ignoreEos, sampler, o->model});
    if (o->corpus > 0)
      return writeCorpus(model, resolveLevel(o->level, model), o->sampling.options, o->corpus, o->output);
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
    // Text appears as tokens do; a character cut in the middle waits for its other bytes.
    StreamDecoder decoder(tokenizer);
    std::string shown;
    const auto show = [&](const std::string &text) {
      shown += text;
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
      // Static scales that no file gives are calibrated on what the float model makes of the prompt; the most likely
      // tokens, so that every seed has the same integers.
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
      writer = integers ? generator(*integers, sampler) : generator(plan, assignment, sampler);
    }
    const double start = secondsNow();
    generate(*writer, ids, options, [&](const std::vector<int32_t> &soFar) {
      show(stops.push(decoder.push(soFar.back())));
      return !stops.stopped();
    });
    show(stops.push(decoder.finish()));
    show(stops.finish());
    const int64_t added = static_cast<int64_t>(ids.size()) - prompt;
    const double rate = static_cast<double>(added) / (secondsNow() - start);
    nlohmann::ordered_json report = {{"ids", ids}, {"text", shown}, {"tokens_per_second", rate}};
    if (simulated) {
      report["beats"] = simulated->compared();
      report["cycles"] = simulated->cycles();
      report["predicted_cycles"] = simulated->predictedCycles();
    }
    if (o->json)
      print(report);
    else
      fmt::print("\n");
    std::fflush(stdout);
    if (!o->json)
      fmt::print(stderr, "{} tokens, {:.1f} a second\n", added, rate);
    if (simulated && !o->json)
      fmt::print(stderr, "{} beats compared, none differs; {} cycles, {} predicted\n", simulated->compared(),
                 simulated->cycles(), simulated->predictedCycles());
  });
}

} // namespace mase::cli
