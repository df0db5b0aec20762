// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/report/eval_json.h"
#include "mase/runtime/edge_sqnr.h"
#include "mase/runtime/layered.h"
#include "mase/support/error.h"
#include "mase/support/machine_memory.h"
#include "mase/support/progress.h"
#include "tools/mase/eval_questions.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace mase::cli {
namespace {

// Backslash and n to a new line, as shells hand it over.
std::string withNewLines(std::string text) {
  for (size_t at = 0; (at = text.find("\\n", at)) != std::string::npos; ++at)
    text.replace(at, 2, "\n");
  return text;
}

} // namespace

void addEval(CLI::App &app) {
  CLI::App *command = addCommand(
      app, "eval", "The loss of a model on a text, or its answers to questions, at a level of arithmetic",
      {"mase eval models/llama-stories-1m --data models/llama-stories-1m/eval.txt",
       "mase eval models/llama-stories-1m --data models/llama-stories-1m/questions.jsonl --format mxint4 --json"});
  struct Options {
    std::string model;
    TaskOptions task;
    std::string joiner;
    int64_t limit = 0;
    LevelOptions level;
    bool json = false, sqnr = false;
    double memory = 0; // GiB; 0: half of the machine's
  };
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "Hugging Face directory or .mlir file")->required();
  addTask(*command, o->task);
  command->add_option("--limit", o->limit, "Windows, texts or questions at most (default: all)")
      ->check(CLI::Range(1, 1 << 30));
  CLI::Option *joiner = command->add_option(
      "--joiner", o->joiner, "What stands between question and answer, \\n for a new line (default: a space)");
  command->add_flag("--json", o->json, "One JSON object");
  addLevel(*command, o->level);
  command->add_flag("--edges", o->level.edges,
                    "Emulate the formats of all values between operators, as hardware stores them, too");
  CLI::Option *memory =
      command
          ->add_option("--memory", o->memory,
                       "GiB to keep to: weights that take more are read a few layers at a time, for all windows "
                       "(default: half of the machine's)")
          ->check(CLI::Range(1e-6, 1048576.0));
  command->add_flag("--sqnr", o->sqnr, "Signal to noise behind each kind of operator too, on the first 64 tokens");
  command->callback([o, joiner, memory] {
    Model model = Model::open(o->model);
    const FormatAssignment assignment = resolveLevel(o->level, model);
    if (o->level.edges && levelName(assignment) == "float")
      fail("--edges needs formats of the linears (--format, --config, or a model that mase quantize wrote)");
    if (o->sqnr && levelName(assignment) == "float")
      fail("--sqnr needs formats of the linears (--format, --config, or a model that mase quantize wrote)");
    if (memory->count() > 0 && (o->level.edges || o->level.bitTrue() || o->sqnr))
      fail("--memory is of levels float and emulated (edges, --sqnr and bit-true have all weights resident)");
    const bool asks = model.asksQuestions(o->task.name());
    if (joiner->count() > 0 && !asks)
      fail("--joiner stands between question and answer (a task of questions)");
    if (asks) {
      if (memory->count() > 0)
        fail("--memory is of texts (questions have all weights resident)");
      if (o->sqnr)
        fail("--sqnr is measured on a text (--task lm or sst2 of a classifier)");
      const QuestionOptions options = {joiner->count() > 0 ? std::optional(withNewLines(o->joiner)) : std::nullopt,
                                       o->limit};
      const QuestionsReport report = evaluateQuestions(model, assignment, o->level, o->task, options);
      return o->json ? print(toJson(report)) : fmt::print("{}", toText(report));
    }
    const TaskData data = model.task(o->task.name(), o->task.data, o->task.context, o->limit);
    const std::vector<WindowView> &windows = data.examples;
    const bool needsPlan = o->level.edges || o->level.bitTrue() || o->sqnr;
    const Graph unloaded = model.unloadedGraph(data.longest);
    const double limit = o->memory > 0 ? o->memory * 0x1p30 : 0.5 * memoryOfMachine();
    const bool byLayers = !needsPlan && static_cast<double>(residentBytes(unloaded)) > limit;
    std::optional<Plan> plan;
    EdgeFormats edges;
    if (!byLayers)
      plan.emplace(model.plan(data.longest));
    if (needsPlan)
      edges = resolveEdgeFormats(o->level, *plan, assignment, windows);
    const double start = secondsNow();
    std::optional<ProgressBar> bar(std::in_place, "eval", std::ssize(windows));
    const WindowProgress progress = [&](int64_t done) { bar->update(done); };
    const LossResult result =
        byLayers ? evaluateByLayers(unloaded, assignment, windows, static_cast<int64_t>(limit), nullptr, progress)
        : o->level.bitTrue()
            ? evaluate(BitTruePlan(plan->graph(), assignment, edges), windows, progress)
            : evaluate(*plan, assignment, windows, nullptr,
                       o->level.edges ? RunOptions{.edges = edges.output, .tables = edges.table} : RunOptions{},
                       progress);
    bar.reset();
    const EvalReport report = {o->level.bitTrue() ? o->level.level : levelName(assignment),
                               std::ssize(windows),
                               data.bytes,
                               averageBits(model.slots(), assignment),
                               result,
                               secondsNow() - start,
                               o->task.title()};
    std::vector<OperatorSqnr> operators;
    if (o->sqnr) {
      const std::span<const int32_t> ids = windows.front().inputs;
      operators = operatorSqnr(*plan, assignment, edges,
                               ids.first(std::min(ids.size(), static_cast<size_t>(BitTruePlan::rowsAtOnce))));
    }
    if (o->json) {
      nlohmann::ordered_json json = toJson(report);
      for (const OperatorSqnr &one : operators)
        json["sqnr"][one.name] = {{"edges", one.edges},
                                  {"emulated", one.emulated},
                                  {"bit_true", one.bitTrue},
                                  {"arithmetic", one.arithmetic}};
      return print(json);
    }
    if (data.bytes == 0)
      fmt::print("accuracy {:.4f}: {} of {} texts; loss {:.5f} nats a text\n", result.accuracy,
                 std::llround(result.accuracy * static_cast<double>(windows.size())), windows.size(), result.loss);
    else
      fmt::print("loss {:.5f} nats a token, perplexity {:.3f}, {:.4f} bits a byte, accuracy {:.4f}\n", result.loss,
                 std::exp(result.loss), bitsPerByte(report), result.accuracy);
    fmt::print("{} arithmetic, {:.3f} bits on average, {} tokens in {} {} of {}{}, {:.2f} s\n", report.level,
               report.averageBits.all, result.tokens, windows.size(), data.bytes > 0 ? "windows" : "texts",
               data.bytes > 0 ? "" : "up to ", data.longest, report.seconds);
    if (o->sqnr)
      fmt::print("\n{:<20} {:>5}  {:>12} {:>12} {:>22}\n", "SQNR in dB behind", "edges", "emulated", "bit-true",
                 "bit-true to emulated");
    for (const OperatorSqnr &one : operators)
      fmt::print("{:<20} {:>5}  {:>12.1f} {:>12.1f} {:>22.1f}\n", one.name, one.edges, one.emulated, one.bitTrue,
                 one.arithmetic);
  });
}

} // namespace mase::cli
