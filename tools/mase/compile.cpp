// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/formats/registry.h"
#include "mase/passes/edited_model.h"
#include "mase/report/compile_report.h"
#include "mase/rtl/emitted_linear.h"
#include "mase/rtl/process.h"
#include "mase/runtime/edge_config.h"
#include "mase/support/error.h"
#include "mase/support/output.h"
#include "mase/support/progress.h"
#include "tools/mase/effort.h"
#include "tools/mase/hardware_options.h"
#include "tools/mase/study.h"

#include <algorithm>
#include <fmt/format.h>

namespace mase::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string model, data, output, synth, simulate = "linears", effort = "low";
  int64_t context = 0, rows = 64;
  StudyOptions study;
  HardwareOptions hardware;
  bool json = false;
};

/// Says on stderr what runs, and keeps how long each phase took.
class Phases {
public:
  explicit Phases(std::vector<std::pair<std::string, double>> &seconds) : seconds_(seconds) {}
  void next(const std::string &name, const std::string &what) {
    fmt::print(stderr, "mase: {}\n", what);
    seconds_.emplace_back(name, secondsNow());
  }
  void end() {
    double until = secondsNow();
    for (auto phase = seconds_.rbegin(); phase != seconds_.rend(); ++phase) {
      const double start = phase->second;
      phase->second = until - start;
      until = start;
    }
  }

private:
  std::vector<std::pair<std::string, double>> &seconds_;
};

// The linear whose synthesis fits a coffee sip: the largest of at most this many predicted LUTs, else the smallest.
constexpr int64_t quickLuts = 6000;

EmittedLinear chooseForSynthesis(const std::vector<EmittedLinear> &linears, const std::string &name) {
  // mapModel refuses a model without linears, so there is a first.
  const EmittedLinear *chosen = nullptr, *smallest = &linears.front();
  for (const EmittedLinear &linear : linears) {
    const int64_t lut = linearArea(linear.config).lut;
    if (!name.empty() && linear.name == name)
      return linear;
    if (lut < linearArea(smallest->config).lut)
      smallest = &linear;
    if (lut <= quickLuts && (!chosen || lut > linearArea(chosen->config).lut))
      chosen = &linear;
  }
  return chosen ? *chosen : *smallest;
}

/// Formats of all edges. Static scales come from windows that the search saw.
EdgeFormats calibratedEdges(Plan &plan, const FormatAssignment &assignment, const TextWindows &search) {
  constexpr size_t calibrationWindows = 4;
  const std::vector<WindowView> seen = views(search);
  std::vector<std::span<const int32_t>> calibration;
  for (const WindowView &window : std::span(seen).first(std::min(seen.size(), calibrationWindows)))
    calibration.push_back(window.inputs);
  return resolveEdges(plan.graph(), assignment, nullptr, calibrateEdges(plan, calibration));
}

/// The winner with a format on every edge, emulated and in integers.
void evaluateEdges(CompileReport &r, Plan &plan, const FormatAssignment &assignment, const EdgeFormats &edges,
                   std::span<const WindowView> windows, const EvalReport &like) {
  std::unique_ptr<BitTruePlan> integers;
  try {
    integers = std::make_unique<BitTruePlan>(plan.graph(), assignment, edges);
  } catch (const InputError &error) { // formats for linears that no other operator reads
    fmt::print(stderr, "mase: note: no bit-true evaluation: {}\n", error.what());
    return;
  }
  const auto report = [&](const char *level, const auto &run) {
    const double start = secondsNow();
    EvalReport result = like;
    result.level = level;
    result.result = run();
    result.seconds = secondsNow() - start;
    return result;
  };
  r.edges = report("emulated", [&] {
    return evaluate(plan, assignment, windows, nullptr, {.edges = edges.output, .tables = edges.table});
  });
  r.bitTrue = report("bit-true", [&] { return evaluate(*integers, windows); });
}

/// What is mapped and emitted: the model, or what passes made of it, and the format of each slot.
struct Quantized {
  std::unique_ptr<Model> changed;
  std::unique_ptr<Plan> changedPlan;
  FormatAssignment assignment;
};

EvalReport evaluated(Plan &plan, const FormatAssignment &assignment, const char *level, const TextWindows &unseen) {
  const double start = secondsNow();
  const std::vector<WindowView> windows = views(unseen);
  const LossResult result = evaluate(plan, assignment, windows);
  return {level,  unseen.count(),      unseen.targetBytes(), averageBits(plan.slots(), assignment),
          result, secondsNow() - start};
}

void reportStudy(CompileReport &r, const Options &o, const Study &study, Plan &plan, const TextWindows &unseen) {
  r.sampler = o.study.sampler;
  r.trials = static_cast<int>(study.result.trials.size());
  r.bestTrial = study.result.best.number;
  r.budget = o.study.budget;
  const FormatAssignment start = study.space.assignment(study.result.trials.front().choice);
  r.trialZero = evaluated(plan, {start.begin(), start.begin() + std::ssize(r.slots)}, "emulated", unseen);
  const std::string weight = start.at(0)->name(), input = start.at(1)->name(); // of the first linear, as of all
  r.trialZeroName = weight == input ? weight : fmt::format("{} x {}", weight, input);
  for (int number : study.result.paretoFront) {
    const Trial &trial = study.result.trials[static_cast<size_t>(number)];
    r.front.push_back({number, trial.averageBits, trial.evaluation.loss});
  }
}

/// Searches, with passes where the effort says so; fills the report's part of it. `plan` is the model's own.
Quantized quantize(CompileReport &r, const Options &o, Model &model, Plan &plan, const TextWindows &text,
                   std::optional<EdgeFormats> &edges, const fs::path &folder) {
  StudyOptions options = o.study;
  if (options.study.empty())
    options.study = (folder / "study.db").string();
  const TextWindows seen = text.searchPart();
  const std::string windows = fmt::format("{} of {}", seen.count(), text.context());
  Quantized q;
  if (o.effort == "low") {
    const Study study = runStudy(options, plan, views(seen), r.model, o.data, windows);
    reportStudy(r, o, study, plan, text.reportPart());
    q.assignment = study.best;
    edges = study.edges;
    model.assign(q.assignment);
    writeFile(folder / "model.mlir", model.text(fs::absolute(o.output) / "model.mlir"));
    return q;
  }
  EditedModel edited(model, text.context());
  const Effort effort = runEffort(o.effort, options, edited.weights(), views(seen), r.model, o.data, windows);
  reportStudy(r, o, effort.study, plan, text.reportPart());
  r.passes = passesOf(effort.recipe);
  q.assignment = effort.assignment;
  edited.write(folder / "model", q.assignment);
  q.changed = std::make_unique<Model>(Model::open(folder / "model"));
  q.changed->assign(q.assignment);
  writeFile(folder / "model.mlir", q.changed->text(folder / "model.mlir"));
  q.changedPlan.reset(new Plan(q.changed->plan(text.context())));
  return q;
}

CompileReport compile(const Options &o, const fs::path &folder) {
  CompileReport r;
  Phases phases(r.seconds);
  phases.next("evaluation", fmt::format("evaluating {} in float and uniform formats", o.model));
  Model model = Model::open(o.model);
  const TextWindows text = model.windows(o.data, model.contextFor(o.context));
  const TextWindows unseen = text.reportPart();
  const std::vector<WindowView> windows = views(unseen);
  Plan own = model.plan(text.context());
  r.model = model.name();
  r.data = o.data;
  r.context = text.context();
  r.searchWindows = text.searchPart().count();
  r.slots = own.slots();
  if (!o.synth.empty() &&
      std::none_of(r.slots.begin(), r.slots.end(), [&](const Slot &slot) { return slot.module == o.synth; }))
    fail("--synth: the model has no linear '{}'", o.synth);
  r.floatLevel = evaluated(own, own.uniform(fp32()), "float", unseen);
  for (const char *format : {"mxint8", "mxint6", "mxint5", "mxint4", "mxint3"})
    r.uniform.emplace_back(format, evaluated(own, own.uniform(parseFormat(format)), "emulated", unseen));

  phases.next("search", fmt::format("searching: {} trials, {} sampler, at most {} bits on average", o.study.trials,
                                    o.study.sampler, o.study.budget));
  std::optional<EdgeFormats> searchedEdges;
  Quantized quantized = quantize(r, o, model, own, text, searchedEdges, folder);
  Plan &plan = quantized.changedPlan ? *quantized.changedPlan : own;
  const FormatAssignment &assignment = r.assignment = quantized.assignment;
  r.searched = evaluated(plan, assignment, "emulated", unseen);

  phases.next("bit-true", "evaluating the winner in the integers of its hardware");
  const EdgeFormats edges = searchedEdges ? *searchedEdges : calibratedEdges(plan, assignment, text.searchPart());
  writeFile(folder / "formats.toml", writeEdgeConfig(plan.graph(), r.slots, assignment, edges));
  evaluateEdges(r, plan, assignment, edges, windows, r.searched);

  phases.next("map", fmt::format("mapping onto {}", o.hardware.device));
  const ModelMap map = mapModel(o.hardware, plan, assignment, edges);
  r.map = map.report;
  const WindowView emitted[] = {{unseen.inputs(0), {}}};
  emitModel(map, plan, assignment, edges, emitted, o.rows, r.model, folder / "rtl");

  const bool asWhole = o.simulate != "linears" && map.whole;
  if (asWhole) {
    phases.next("simulate", "building the whole model with Verilator and comparing every beat");
    r.whole = simulateModel(folder / "rtl", {});
  }
  if (!asWhole || o.simulate == "all") {
    phases.next(asWhole ? "simulate linears" : "simulate",
                "building the linears with Verilator and comparing every bit");
    r.linears = simulateDesign(folder / "rtl", {});
  }

  const EmittedLinear chosen = chooseForSynthesis(emittedLinears(folder / "rtl"), o.synth);
  phases.next("synth", fmt::format("synthesising {} with Yosys", chosen.name));
  r.synthesis = synthesisReport(chosen.name, chosen.config, folder / "rtl" / "sv");
  phases.end();
  return r;
}

} // namespace

void addCompile(CLI::App &app) {
  CLI::App *command = addCommand(
      app, "compile", "The main job: search, map, emit, simulate, synthesise, report",
      {"mase compile models/llama-stories-1m --data models/llama-stories-1m/eval.txt --device kv260 -o out/demo",
       "mase compile models/llama-stories-1m --data models/llama-stories-1m/eval.txt --device u250 --trials 20 "
       "--budget 5.25 -o out/u250"});
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "Hugging Face directory or .mlir file")->required();
  command->add_option("--data", o->data, "A text file; the search sees its first third, the report uses the rest")
      ->required();
  command->add_option("-o,--output", o->output, "The folder to write")->required();
  command->add_option("--context", o->context, "Tokens a window (default: the model's maximum, at most 512)")
      ->check(CLI::Range(1, 1 << 20));
  command->add_option("--rows", o->rows, "Test vectors of each linear")
      ->check(CLI::Range(1, 512))
      ->capture_default_str();
  command
      ->add_option("--simulate", o->simulate,
                   "model: all operators joined, eight tokens; linears: each alone, on its own vectors; all: both. A "
                   "model of which only the linears have hardware is simulated linear by linear")
      ->check(CLI::IsMember({"model", "linears", "all"}))
      ->capture_default_str();
  command->add_option("--synth", o->synth, "The linear to synthesise (default: a quick one)");
  command->add_flag("--json", o->json, "One JSON object: report.json");
  addEffort(*command, o->effort)->capture_default_str();
  addStudyOptions(*command, o->study);
  addHardwareOptions(*command, o->hardware, "--map-objective");
  command->callback([o] {
    // What would stop the job after minutes of work is said before it.
    for (const char *tool : {"verilator", "yosys"})
      if (runProcess({tool, "--version"}).status == 127)
        fail("{}: program not found (mase compile needs it in PATH)", tool);
    loadDevice(o->hardware.device);
    OutputDirectory out(o->output);
    const CompileReport report = compile(*o, out.staging());
    const std::string json = toJson(report).dump(2) + "\n", text = toText(report);
    writeFile(out.staging() / "report.json", json);
    writeFile(out.staging() / "report.txt", text);
    out.commit();
    fmt::print("{}", o->json ? json : text);
    if (report.linears && report.linears->mismatches > 0)
      throw CheckError(report.linears->firstDifference);
    if (report.whole && report.whole->mismatches > 0)
      throw CheckError(report.whole->firstDifference);
  });
}

} // namespace mase::cli
