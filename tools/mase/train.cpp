// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/train.h"

#include "mase/passes/training/checkpoint.h"
#include "mase/passes/training/trainable_model.h"
#include "mase/passes/training/trainer.h"
#include "mase/report/eval_json.h"
#include "mase/report/training_report.h"
#include "mase/runtime/format_config.h"
#include "mase/support/error.h"
#include "mase/support/progress.h"
#include "mase/support/random.h"
#include "tools/mase/level.h"

#include <cmath>
#include <fmt/format.h>

namespace mase::cli {
namespace {

struct Options {
  std::string model, data, test, output;
  Recipe recipe;
  LevelOptions level;
  int64_t every = 100;
  bool json = false;
};

/// Tells one text or list of ids from another.
template <typename Items>
uint64_t digest(const Items &items) {
  uint64_t state = 0;
  for (const auto item : items)
    state = mix(state ^ static_cast<uint64_t>(item));
  return state;
}

std::string remaining(double seconds) {
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  return whole < 60 ? fmt::format("{} s left", whole)
                    : fmt::format("{}:{:02}:{:02} left", whole / 3600, whole / 60 % 60, whole % 60);
}

/// Runs the steps that `progress` has not, and writes checkpoints.
void train(Trainer &trainer, TrainableModel &trainable, const Options &o, const std::filesystem::path &checkpoint,
           const std::string &key, TrainingProgress &progress) {
  ProgressBar bar("training", o.recipe.steps);
  const int64_t before = progress.step;
  const double start = secondsNow();
  while (progress.step < o.recipe.steps) {
    const StepReport report = trainer.step(progress.step + 1);
    if (!std::isfinite(report.loss))
      fail("the loss is no number at step {} (a lower --rate is right)", progress.step + 1);
    progress.losses.push_back(static_cast<float>(report.loss));
    ++progress.step;
    const double each = (secondsNow() - start) / static_cast<double>(progress.step - before);
    bar.update(progress.step, fmt::format("loss {:.4f}, {}", report.loss,
                                          remaining(each * static_cast<double>(o.recipe.steps - progress.step))));
    if (o.every > 0 && progress.step % o.every == 0 && progress.step < o.recipe.steps)
      writeCheckpoint(checkpoint, key, trainable.plan(), progress);
  }
}

void run(Options o) {
  Model model = Model::open(o.model);
  const FormatAssignment assignment = resolveLevel(o.level, model);
  o.recipe.context = model.contextFor(o.recipe.context);
  const TextWindows text = model.windows(o.data, o.recipe.context);
  // Windows of one text follow each other; behind the last one stands its last target.
  const std::span<const int32_t> ids(text.inputs(0).data(), static_cast<size_t>(text.tokens() + 1));
  model.assign(assignment);
  GradientOptions gradient;
  if (o.recipe.distillation > 0)
    gradient.distillation = o.recipe.temperature;
  TrainableModel trainable(model, o.recipe.context, gradient);
  EditedModel edited(model, o.recipe.context);
  edited.check(o.output);
  std::optional<Plan> teacher;
  if (o.recipe.distillation > 0)
    teacher.emplace(model.plan(o.recipe.context));
  Trainer trainer(trainable.plan(), teacher ? &*teacher : nullptr, ids, o.recipe);

  std::filesystem::path place = std::filesystem::path(o.output).lexically_normal();
  if (!place.has_filename()) // "out/"
    place = place.parent_path();
  const std::filesystem::path checkpoint = place.string() + ".checkpoint";
  const std::string key =
      fmt::format("model={} data={} formats={:016x} text={:016x} {}", o.model, o.data,
                  digest(writeFormatConfig(assignment, model.slots())), digest(ids), o.recipe.key());
  TrainingProgress progress;
  if (std::optional<TrainingProgress> read = readCheckpoint(checkpoint, key, trainable.plan())) {
    progress = std::move(*read);
    fmt::print(stderr, "mase: note: {}: going on behind step {}\n", checkpoint.string(), progress.step);
  }
  const int64_t first = progress.step;
  const double start = secondsNow();
  train(trainer, trainable, o, checkpoint, key, progress);
  const double seconds = secondsNow() - start;

  trainable.store(edited);
  TrainingReport report = {o.recipe, progress.losses, std::nullopt};
  if (!o.test.empty()) {
    const TextWindows test = model.windows(o.test, model.contextFor(0));
    const std::vector<WindowView> windows = views(test);
    Plan plan = model.plan(test.context());
    EditedModel whole(model, test.context());
    trainable.store(whole);
    Plan trained = whole.weights().plan();
    report.test = {evaluate(plan, plan.uniform(fp32()), windows).loss, evaluate(plan, assignment, windows).loss,
                   evaluate(trained, assignment, windows).loss};
  }
  edited.write(o.output, assignment, filesOf(report));
  std::filesystem::remove(checkpoint);
  if (o.json) {
    Json json = toJson(report);
    json["average_bits"] = toJson(averageBits(model.slots(), assignment));
    json["seconds"] = seconds;
    return print(json);
  }
  fmt::print("{}{}: {} steps in {:.1f} s\n", toText(report), o.output, progress.step - first, seconds);
}

} // namespace

void addTrain(CLI::App &app) {
  CLI::App *command = addCommand(
      app, "train", "Trains a model in its formats, so that quantising it costs less; its own float model may teach it",
      {"mase train models/llama-stories-1m --data models/llama-stories-1m/eval.txt --format mxint4 --steps 2 --batch 2 "
       "--context 64 -o out/llama-trained",
       "mase train models/opt-stories-1m --data models/opt-stories-1m/eval.txt --steps 2 --batch 2 --context 64 "
       "--distill 0 -o out/opt-trained --json"});
  auto o = std::make_shared<Options>();
  Recipe &r = o->recipe;
  command->add_option("MODEL", o->model, "Hugging Face directory, packed or not, or .mlir file")->required();
  command->add_option("--data", o->data, "A text file to learn from")->required();
  command->add_option("--test", o->test, "A text file: the loss on it before and after");
  command
      ->add_option("-o,--output", o->output,
                   "A folder for the model, a Hugging Face directory, with the formats as formats.toml")
      ->required();
  const auto number = [&](const char *name, double &value, double least, double most, const char *help) {
    command->add_option(name, value, help)->check(CLI::Range(least, most))->capture_default_str();
  };
  const auto count = [&](const char *name, int64_t &value, int64_t least, const char *help) {
    command->add_option(name, value, help)->check(CLI::Range(least, int64_t{1} << 40))->capture_default_str();
  };
  count("--steps", r.steps, 1, "Changes of the weights");
  count("--batch", r.batch, 1, "Sequences a step");
  count("--context", r.context, 0, "Tokens a sequence; 0: the model's maximum, at most 512");
  number("--rate", r.rate, 0, 1e38, "The highest learning rate");
  number("--warmup", r.warmup, 0, 1, "Share of the steps in which the rate grows; then it falls as a cosine");
  number("--floor", r.floor, 0, 1, "Share of the highest rate that is left at the end");
  number("--decay", r.decay, 0, 10, "Weight decay (AdamW)");
  number("--clip", r.clip, 0, 1e9, "Largest norm of all gradients together; 0: none");
  number("--distill", r.distillation, 0, 1, "Share of the loss that is the divergence from the float model");
  number("--temperature", r.temperature, 0.01, 100, "Of that divergence");
  command->add_option("--seed", r.seed, "Of the order of the text")->capture_default_str();
  count("--checkpoint", o->every, 0,
        "Steps from one checkpoint to the next, OUTPUT.checkpoint; the same command goes on from it. 0: none");
  addFormats(*command, o->level);
  command->add_flag("--json", o->json, "One JSON object");
  command->callback([o] { run(*o); });
}

} // namespace mase::cli
